using ClosedLoop.Core;
using ClosedLoop.Training;

namespace ClosedLoop.Tests.Training;

/// <summary>The figures of a training run.</summary>
public sealed class TrainingCurvesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("closedloop-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Tables_become_figures()
    {
        Write("curve.csv", "seconds,labels,updates,mlp_error_mm,lstm_error_mm,mlp_loss,lstm_loss,falls_per_s", "30,100,0,9.5,9,nan,nan,0.2", "60,200,10,5,4.5,0.8,0.9,0.1", "30,300,20,nan,nan,0.4,0.5,0");
        Write("validation.csv", "seconds,mlp_error_mm,lstm_error_mm,mlp_falls_per_s,lstm_falls_per_s", "50,4,5,0.1,0.1");
        TrainingCurves.Draw(_folder);
        foreach (var name in new[] { "error.png", "loss.png" })
            Assert.True(new FileInfo(Path.Combine(_folder, name)).Length > 5000);
    }

    [Fact]
    public void A_table_that_was_cut_off_is_named()
    {
        Write("curve.csv", "seconds,labels,mlp_error_mm", "30,100,9.5", "60,2");
        Assert.Contains("line 3", Assert.Throws<ClosedLoopException>(() => TrainingCurves.Draw(_folder)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_tables_there_are_no_figures()
    {
        TrainingCurves.Draw(_folder);
        Assert.Empty(Directory.GetFiles(_folder));
    }

    private void Write(string name, params string[] lines) => File.WriteAllLines(Path.Combine(_folder, name), lines);
}
