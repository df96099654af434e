using System.Globalization;
using System.Text.Json;
using ClosedLoop.Comparison;
using ClosedLoop.Core;
using ClosedLoop.Tests.Comparison;

namespace ClosedLoop.Tests.EndToEnd;

public sealed class CompareCommandTests : IDisposable
{
    private const int Bins = 4000;

    private static readonly string[] Behaviours = ["groom", "rear", "rest", "walk"];

    private readonly string _folder = Directory.CreateTempSubdirectory("closedloop-compare-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Tables_become_scores_a_page_and_the_facts()
    {
        // The network's features differ by behaviour, and so do the units that follow them; the movement's differ in another way.
        var random = new RandomStream(41, "tables");
        var (network, movement) = (PlantedCounts.Features(random, Bins, 4, 0.8), PlantedCounts.Features(random, Bins, 3, 0.9));
        var bouts = Enumerable.Range(0, Bins / 25).Select(_ => (int)(random.Uniform() * 4)).ToArray();
        var labels = Enumerable.Range(0, Bins).Select(t => bouts[t / 25]).ToArray();
        for (var t = 0; t < Bins; t++)
        {
            network[t, labels[t]] += 1.5;
            movement[t, labels[t] % 2] += 1;
        }
        double[][] units =
        [
            .. Enumerable.Range(0, 6).Select(i => PlantedCounts.Driven(random, network, [.. Enumerable.Range(0, 4).Select(j => j == i % 4 ? 0.7 : 0.0)], 0.15, -5)),
            PlantedCounts.Driven(random, movement, [0.0, 0.0, 0.6], 0.3, 5),
            PlantedCounts.Driven(random, movement, [0.0, 0.0, 0.0], 0.2, 0),
            new double[Bins],
        ];
        Write("counts.csv", [.. units.Select((_, i) => $"u{i}")], t => units.Select(unit => unit[t]));
        Write("features.csv", ["behaviour", "time_s", "latent_0", "latent_1", "latent_2", "latent_3", "still", "joint_0", "joint_1", "joint_2"],
            t => [t * 0.02, .. network.Row(t), 5.0, .. movement.Row(t)], t => Behaviours[labels[t]]);
        File.WriteAllText(At("classes.yaml"), "latent:\n  features: [latent_*, still]\n  kind: computational\njoints:\n  features: [joint_0, joint_1, joint_2]\n  kind: representational\n");

        var run = ProgramRunner.Run("compare", "--counts", At("counts.csv"), "--features", At("features.csv"), "--classes", At("classes.yaml"),
            "--lags", "-400:200:100", "--out", At("out"), "--json", At("facts.json"));

        Assert.True(run.ExitCode == 0, run.ToString());
        Assert.Contains("still", run.Output, StringComparison.Ordinal);
        using var json = JsonDocument.Parse(File.ReadAllText(At("facts.json")));
        var facts = json.RootElement;
        Assert.Equal((9, Bins, 8), (facts.GetProperty("units").GetInt32(), facts.GetProperty("bins").GetInt32(), facts.GetProperty("units_judged").GetInt32()));
        Assert.Equal(["latent", "joints"], facts.GetProperty("classes").EnumerateArray().Select(c => c.GetString()));
        var perUnit = facts.GetProperty("per_unit");
        for (var i = 0; i < 7; i++)
        {
            Assert.Equal(i < 6 ? "latent" : "joints", perUnit[i].GetProperty("best").GetString());
            Assert.Equal(i < 6 ? -100 : 100, perUnit[i].GetProperty("lag_ms").GetDouble());
            Assert.InRange(perUnit[i].GetProperty("p_adjusted").GetDouble(), 0, 0.05);
            Assert.InRange(perUnit[i].GetProperty("cv_llr_bits_per_spike").GetDouble(), 0.05, 1);
        }
        Assert.Equal(JsonValueKind.Null, perUnit[7].GetProperty("best").ValueKind);
        Assert.Equal(JsonValueKind.Null, perUnit[8].GetProperty("cv_llr_bits_per_spike").ValueKind);
        Assert.Equal((6, 1, 7), (facts.GetProperty("best_class_counts").GetProperty("latent").GetInt32(), facts.GetProperty("best_class_counts").GetProperty("joints").GetInt32(), facts.GetProperty("units_predicted").GetInt32()));
        var wuc = facts.GetProperty("wuc");
        Assert.True(wuc.GetProperty("latent").GetDouble() > wuc.GetProperty("joints").GetDouble());
        Assert.InRange(facts.GetProperty("ceiling").GetProperty("lower").GetDouble(), 0.3, facts.GetProperty("ceiling").GetProperty("upper").GetDouble());
        Assert.InRange(facts.GetProperty("behaviour_accuracy").GetProperty("latent").GetDouble(), 0.4, 0.9);

        Assert.Equal(1 + (9 * 2), File.ReadAllLines(At("out/scores.csv")).Length);
        Assert.Equal(1 + (8 * 2 * 7), File.ReadAllLines(At("out/lags.csv")).Length);
        Assert.Equal(1 + (3 * 6), File.ReadAllLines(At("out/rdms.csv")).Length);
        Assert.Equal(1 + (3 * 6), File.ReadAllLines(At("out/behaviour_distances.csv")).Length);
        var page = File.ReadAllText(At("out/report.html"));
        Assert.Contains("too few spikes", page, StringComparison.Ordinal);
        Assert.DoesNotContain("NaN", page, StringComparison.Ordinal);
        // Every figure is well-formed by itself.
        var figures = page.Split("<svg").Skip(1).Select(part => "<svg" + part[..(part.IndexOf("</svg>", StringComparison.Ordinal) + 6)]).ToArray();
        Assert.Equal(9, figures.Length);
        Assert.All(figures, figure => System.Xml.Linq.XDocument.Parse(figure));
    }

    [Theory]
    [InlineData("a,b\n1,2\n3\n", "f\n1\n2\n", "line 3", 2)]
    [InlineData("a,b\n1,x\n", "f\n1\n", "'x' in column 'b'", 2)]
    [InlineData("1,2\n3,4\n", "f\n1\n", "name the columns", 2)]
    [InlineData("a,a\n3,4\n", "f\n1\n", "two columns", 2)]
    [InlineData("a\n3\n4\n", "f\n1\n", "2 bins", 2)]
    [InlineData("a\n3\n4\n", "f\n1\n1\n", "the same in all bins", 1)]
    [InlineData("a\n3\n4\n", "f\n1\nnan\n", "'f'", 1)]
    [InlineData("a\n3\n4\n", "f\n1\n2\n", "2 bins", 1)]
    public void Bad_tables_are_refused_by_place(string counts, string features, string names, int exitCode)
    {
        File.WriteAllText(At("counts.csv"), counts);
        File.WriteAllText(At("features.csv"), features);
        var error = Assert.Throws<ClosedLoopException>(() => new Comparing.TableComparison { Counts = At("counts.csv"), Features = At("features.csv"), Options = new() { LeastLagMs = 0, MostLagMs = 0 } }.Run(new Progress<string>(), default));
        Assert.Contains(names, error.Message, StringComparison.Ordinal);
        Assert.Equal(exitCode, error.ExitCode);
    }

    [Fact]
    public void Classes_come_from_a_file_or_from_the_names()
    {
        File.WriteAllText(At("classes.yaml"), "classes:\n  a: [x_1, x_2]\n  b:\n    features: [y*]\n    smooth_ms: 60\n    components: 2\n");
        var plans = FeatureClassPlan.Read(At("classes.yaml"));
        Assert.Equal(["a", "b"], plans.Select(plan => plan.Name));
        Assert.Equal((60, 2), (plans[1].SmoothMs, plans[1].Components!.Value));
        Assert.Equal(["latent", "knee", "speed"], FeatureClassPlan.OfNames(["latent_1", "latent_2", "knee.x", "knee.y", "speed"]).Select(plan => plan.Name));
        File.WriteAllText(At("classes.yaml"), "b:\n  features: [y*]\n  smoth_ms: 60\n");
        Assert.Contains("smooth_ms", Assert.Throws<ClosedLoopException>(() => FeatureClassPlan.Read(At("classes.yaml"))).Message, StringComparison.Ordinal);
        File.WriteAllText(At("features.csv"), "latent_1\n1\n2\n");
        var missing = Assert.Throws<ClosedLoopException>(() => new FeatureClassPlan("a", ["latent_2"], default, 0, null).Of(NumberTable.Read(At("features.csv")), "features.csv", 20, []));
        Assert.Contains("did you mean 'latent_1'", missing.Message, StringComparison.Ordinal);
    }

    private string At(string name) => Path.Combine(_folder, name);

    private void Write(string name, string[] head, Func<int, IEnumerable<double>> row, Func<int, string>? label = null) => File.WriteAllLines(At(name),
        Enumerable.Range(0, Bins).Select(t => string.Join(',', row(t).Select(x => x.ToString("R", CultureInfo.InvariantCulture)).Prepend(label?.Invoke(t)).OfType<string>())).Prepend(string.Join(',', head)));
}
