using ClosedLoop.Core;

namespace ClosedLoop.Simulation;

/// <summary>
/// The errors of the simulated vision: noise that is partly correlated in time and whose strength waxes and wanes,
/// losses in bursts, left-right swaps. Everything that it does is told to the truth.
/// </summary>
internal sealed class VisionErrors
{
    private static readonly string[][] SwapGroups = [["Ear"], ["Elbow", "Wrist", "Hand"], ["Wrist", "Hand"], ["Knee", "Ankle", "Foot"], ["Ankle", "Foot"]];

    private readonly SimulatedVisionOptions _options;
    private readonly RandomStream _noise, _losses, _swaps;
    private readonly double[] _sd, _missing, _quality, _correlated;
    private readonly bool[] _lost, _fore;
    private readonly int[] _mirror;
    private readonly int[][] _groups;
    private readonly double[] _unswapped;
    private int _swapGroup, _swapFrames;

    public VisionErrors(KeypointLayout layout, SimulatedVisionOptions options)
    {
        _options = options;
        (_noise, _losses, _swaps) = (new(options.Seed, "noise"), new(options.Seed, "losses"), new(options.Seed, "swaps"));
        _sd = [.. layout.Names.Select(name => ByPart(name, options.TrunkSdM, options.LimbSdM, options.PawSdM))];
        _missing = [.. layout.Names.Select(name => ByPart(name, options.TrunkMissing, options.LimbMissing, options.PawMissing))];
        _fore = [.. layout.Names.Select(name => Part(name) is "Elbow" or "Wrist" or "Hand")];
        _quality = new double[layout.Count];
        _correlated = new double[3 * layout.Count];
        _lost = new bool[layout.Count];
        _unswapped = new double[3 * layout.Count];
        _mirror = layout.MirrorIndices();
        _groups = [.. SwapGroups.Select(parts => Enumerable.Range(0, layout.Count)
            .Where(i => _mirror[i] > i && parts.Contains(Part(layout.Names[i]))).ToArray()).Where(group => group.Length > 0)];
        for (var i = 0; i < layout.Count; i++)
            _quality[i] = _noise.Normal();
        for (var i = 0; i < _correlated.Length; i++)
            _correlated[i] = _noise.Normal();
    }

    /// <summary>Fills positions and confidences from the true ones, and tells the truth what was done.</summary>
    public void Apply(SimulatedTruth truth, Keypoints keypoints, double periodS)
    {
        var keep = Math.Exp(-periodS / _options.CorrelationTimeS);
        var fresh = Math.Sqrt(1 - (keep * keep));
        // The quality changes over seconds.
        var keepQuality = Math.Exp(-periodS / 2);
        var freshQuality = Math.Sqrt(1 - (keepQuality * keepQuality));
        var hidden = truth.Behaviour is Behaviour.Groom or Behaviour.Rear;
        for (var i = 0; i < _sd.Length; i++)
        {
            _quality[i] = (keepQuality * _quality[i]) + (freshQuality * _noise.Normal());
            // NB: divided so that the root of the mean square over time is the standard deviation that was asked for.
            var sd = _sd[i] * Math.Exp((_options.QualitySpread * _quality[i]) - (_options.QualitySpread * _options.QualitySpread));
            truth.ErrorSdM[i] = sd;
            keypoints.Confidence[i] = (float)KeypointConfidence.FromSd(sd);
            for (var axis = 0; axis < 3; axis++)
            {
                ref var correlated = ref _correlated[(3 * i) + axis];
                correlated = (keep * correlated) + (fresh * _noise.Normal());
                var error = (Math.Sqrt(_options.CorrelatedShare) * correlated) + (Math.Sqrt(1 - _options.CorrelatedShare) * _noise.Normal());
                keypoints.Positions[(3 * i) + axis] = truth.KeypointPositions[(3 * i) + axis] + (sd * error);
            }
        }
        Swap(truth, keypoints);
        Lose(truth, keypoints, periodS, hidden);
    }

    private void Swap(SimulatedTruth truth, Keypoints keypoints)
    {
        Array.Clear(truth.Swapped);
        var begins = _swaps.Uniform() < _options.SwapsPerMinute / 60 * SimulatedAnimal.FramePeriodS;
        var group = (int)(_swaps.Uniform() * _groups.Length);
        var frames = 1 + (int)(_swaps.Uniform() * 5);
        if (begins && _swapFrames == 0)
            (_swapGroup, _swapFrames) = (group, frames);
        if (_swapFrames == 0)
            return;
        _swapFrames--;
        keypoints.Positions.CopyTo(_unswapped, 0);
        foreach (var left in _groups[_swapGroup])
        {
            var right = _mirror[left];
            _unswapped.AsSpan(3 * right, 3).CopyTo(keypoints.Position(left));
            _unswapped.AsSpan(3 * left, 3).CopyTo(keypoints.Position(right));
            truth.Swapped[left] = truth.Swapped[right] = true;
        }
    }

    private void Lose(SimulatedTruth truth, Keypoints keypoints, double periodS, bool hidden)
    {
        var end = Math.Min(1, periodS / _options.MissingMeanS);
        for (var i = 0; i < _lost.Length; i++)
        {
            var share = Math.Min(0.5, _missing[i] * (hidden && _fore[i] ? _options.HiddenFactor : 1));
            // Chance of beginning such that the long-run share of time lost is the one asked for.
            var begin = end * share / (1 - share);
            _lost[i] = _lost[i] ? _losses.Uniform() >= end : _losses.Uniform() < begin;
            truth.Missing[i] = _lost[i];
            if (!_lost[i])
                continue;
            keypoints.Position(i).Fill(double.NaN);
            keypoints.Confidence[i] = 0;
        }
    }

    private static string Part(string name) => name[^1] is 'L' or 'R' ? name[..^1] : name;

    private static double ByPart(string name, double trunk, double limb, double paw) => Part(name) switch
    {
        "Hand" or "Foot" => paw,
        "Elbow" or "Wrist" or "Knee" or "Ankle" => limb,
        _ => trunk,
    };
}
