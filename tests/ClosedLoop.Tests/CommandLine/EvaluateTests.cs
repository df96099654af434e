using System.Runtime.InteropServices;
using System.Text.Json;
using ClosedLoop.Tests.Recording;

namespace ClosedLoop.Tests.CommandLine;

/// <summary><c>evaluate</c>: a training set is made, the shipped model looks at it, and what it says is beside the truth.</summary>
public sealed class EvaluateTests
{
    [Fact]
    public void The_shipped_model_is_compared_with_a_training_set_that_was_just_made()
    {
        using var folder = new TemporaryFolder();
        var (sets, estimates, json) = (folder["sets"], folder["estimates"], folder["facts.json"]);
        var made = ProgramRunner.Run("simulate", "--training-set", "--out", sets, "--sets", "12", "--seed", "90210");
        Assert.True(made.ExitCode == 0, made.Error + made.Output);
        var result = ProgramRunner.Run("evaluate", "--training-set", sets, "--no-refine", "--withhold", "0.5", "--out", estimates, "--json", json, "--device", "cpu");
        Assert.True(result.ExitCode == 0, result.Error + result.Output);
        using var facts = JsonDocument.Parse(File.ReadAllText(json));
        var root = facts.RootElement;
        Assert.Equal((12, "cpu"), (root.GetProperty("sets").GetInt32(), root.GetProperty("device").GetString()));
        var views = root.GetProperty("per_keypoint").EnumerateArray().Select(score => score.GetProperty("median_views").GetDouble()).Average();
        Assert.InRange(views, 3, 6);
        // Twelve moments of one animal say little of a model; that it finds the animal at all shows here.
        Assert.InRange(root.GetProperty("median_error_mm").GetDouble(), 0.5, 12);

        var rows = MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(Path.Combine(estimates, "estimates.bin"))).ToArray();
        var truth = MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(Path.Combine(sets, "keypoints.bin"))).ToArray();
        Assert.Equal(12 * 23 * 11, rows.Length);
        var errors = new List<double>();
        for (var i = 0; i < 12 * 23; i++)
        {
            var (row, p) = (rows.AsSpan(11 * i, 11).ToArray(), truth.AsSpan(3 * i, 3).ToArray());
            if (float.IsNaN(row[0]) || float.IsNaN(p[0]))
                continue;
            errors.Add(1000 * Math.Sqrt(Math.Pow(row[0] - p[0], 2) + Math.Pow(row[1] - p[1], 2) + Math.Pow(row[2] - p[2], 2)));
            // A covariance, and the confidence that goes with it.
            Assert.True(row[3] > 0 && row[6] > 0 && row[8] > 0 && row[3] * row[6] > row[4] * row[4]);
            Assert.InRange(row[9], 0, 1);
        }
        errors.Sort();
        Assert.Equal(root.GetProperty("median_error_mm").GetDouble(), errors[errors.Count / 2], 0.2);
        using var described = JsonDocument.Parse(File.ReadAllText(Path.Combine(estimates, "estimates.json")));
        Assert.Equal([12, 23, 11], described.RootElement.GetProperty("shape").EnumerateArray().Select(n => n.GetInt32()));
    }

    [Theory]
    [InlineData("fast")]
    [InlineData("volumetric")]
    public void Both_shipped_models_find_an_animal_that_they_have_not_seen(string model)
    {
        using var folder = new TemporaryFolder();
        var (sets, json) = (folder["sets"], folder["facts.json"]);
        var made = ProgramRunner.Run("simulate", "--training-set", "--out", sets, "--sets", "12", "--seed", "1812");
        Assert.True(made.ExitCode == 0, made.Error + made.Output);
        var result = ProgramRunner.Run("evaluate", "--training-set", sets, "--model", model, "--device", "cpu", "--json", json);
        Assert.True(result.ExitCode == 0, result.Error + result.Output);
        using var facts = JsonDocument.Parse(File.ReadAllText(json));
        Assert.Equal(0, facts.RootElement.GetProperty("missed").GetInt32());
        // One animal may be a hard one; many give 2.3 mm (README).
        Assert.InRange(facts.RootElement.GetProperty("median_error_mm").GetDouble(), 0.5, 5);
    }

    [Theory]
    [InlineData("--withhold", "2", "--withhold 2 is no share")]
    [InlineData("--threads", "0", "0 threads cannot be")]
    [InlineData("--seed", "4", "is no training set: it has no meta.json")]
    public void What_cannot_be_is_refused_in_one_sentence(string option, string value, string sentence)
    {
        using var folder = new TemporaryFolder();
        var result = ProgramRunner.Run("evaluate", "--training-set", folder["nothing"], option, value);
        Assert.Equal(2, result.ExitCode);
        Assert.Contains(sentence, Assert.Single(result.ErrorLines), StringComparison.Ordinal);
    }
}
