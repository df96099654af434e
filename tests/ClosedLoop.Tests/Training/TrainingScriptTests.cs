namespace ClosedLoop.Tests.Training;

/// <summary>The tests of the scripts in <c>training/</c>, which are Python's own: run as one of ours, so that nobody forgets them.</summary>
public sealed class TrainingScriptTests
{
    [SkippableFact]
    public void The_scripts_own_tests_pass()
    {
        PythonRunner.Require("torch, onnx, numpy, scipy, h5py, cv2", "python3-torch, python3-onnx, python3-scipy, python3-h5py and python3-opencv");
        var (code, output, errors) = PythonRunner.Run("training", "-W", "ignore", "-m", "unittest", "discover", "-s", "tests", "-t", ".");
        Assert.True(code == 0, output + errors);
        Assert.DoesNotContain("Ran 0 tests", output + errors, StringComparison.Ordinal);
    }
}
