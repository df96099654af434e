using ClosedLoop.Core;
using ClosedLoop.Physics;
using ClosedLoop.PoseTracking;

namespace ClosedLoop.Tests.PoseTracking;

public sealed class AnimalFileTests
{
    [Fact]
    public void An_animal_reads_back_exactly_as_it_was_written()
    {
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            var path = Path.Combine(folder.FullName, "rat.yaml");
            var written = PlantedAnimal.Instance.TrueAnimal with { Name = "a \"quoted\" \\ name: # not a comment" };
            written.Save(path);
            written.Save(path);
            var read = AnimalFile.Load(path);
            Assert.Equal(written.ToYaml(), read.ToYaml());
            Assert.Equal(written.Name, read.Name);
            Assert.Equal(written.Scale, read.Scale);
            Assert.Equal(written.Offsets, read.Offsets);
            Assert.True(double.IsNaN(read.Statistics.UnusedP95Mm));
            Assert.Equal(["rat.yaml"], Directory.GetFiles(folder.FullName).Select(Path.GetFileName));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Theory]
    [InlineData("floor_height_m:", "floor_hight_m:", "did you mean 'floor_height_m'?")]
    [InlineData("scale: 0.93", "scale: large", "'scale' must be a number, not 'large'")]
    [InlineData("scale: 0.93", "scale: 40", "must lie between 0.1 and 10")]
    [InlineData("  seed: 1", "  sead: 1", "did you mean 'seed'?")]
    [InlineData("scale: 0.93\n", "", "the key 'scale' is missing")]
    [InlineData("offsets_m:", "offsets_m: [", "not valid YAML")]
    public void A_broken_animal_file_is_refused_with_its_place(string old, string broken, string expected)
    {
        var text = PlantedAnimal.Instance.TrueAnimal.ToYaml();
        Assert.Contains(old, text, StringComparison.Ordinal);
        var error = Assert.Throws<ClosedLoopException>(() => AnimalFile.Parse(text.Replace(old, broken, StringComparison.Ordinal), "rat.yaml"));
        Assert.Equal(2, error.ExitCode);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Matches("^rat.yaml, line [0-9]+", error.Message);
    }

    [Fact]
    public void A_missing_animal_file_is_one_sentence() =>
        Assert.Contains("there is no such file", Assert.Throws<ClosedLoopException>(() => AnimalFile.Load("/nowhere/rat.yaml")).Message, StringComparison.Ordinal);

    [Fact]
    public void An_animal_is_refused_on_another_body()
    {
        var animal = PlantedAnimal.Instance.TrueAnimal;
        var other = PlantedAnimal.Instance.Description with { Mjcf = PlantedAnimal.Instance.Description.Mjcf + " " };
        var error = Assert.Throws<ClosedLoopException>(() => animal.Apply(other, KeypointLayout.Rat23));
        Assert.Contains("was fitted with the body", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_applied_animal_has_its_size_and_its_offsets()
    {
        var planted = PlantedAnimal.Instance;
        using var body = planted.TrueAnimal.Apply(planted.Description, KeypointLayout.Rat23);
        Assert.Equal(PlantedAnimal.Scale, body.Scale);
        for (var k = 0; k < KeypointLayout.Rat23.Count; k++)
            Assert.Equal(planted.Truth.Offset(k).ToArray(), body.Offset(k).ToArray());
    }
}
