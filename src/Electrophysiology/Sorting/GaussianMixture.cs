namespace ClosedLoop.Electrophysiology;

/// <summary>
/// A mixture of normal clouds, each of its own size and shape, by expectation and maximisation; how many is what the Bayesian
/// information criterion (Schwarz 1978) chooses. Unlike a search for valleys it finds a dense cloud within a wide one.
/// </summary>
internal sealed class GaussianMixture
{
    private const int MostFitted = 4000, Rounds = 60;

    private readonly int _dimensions;
    private readonly Cloud[] _clouds;

    private GaussianMixture(Cloud[] clouds, int dimensions) => (_clouds, _dimensions) = (clouds, dimensions);

    /// <summary>Number of clouds.</summary>
    public int Count => _clouds.Length;

    /// <summary>Fits points.</summary>
    /// <param name="points">Point by point.</param>
    /// <param name="dimensions">Numbers of a point.</param>
    /// <param name="most">Most clouds.</param>
    /// <param name="least">Points of a cloud, at least.</param>
    public static GaussianMixture Fit(float[] points, int dimensions, int most, int least)
    {
        var n = points.Length / dimensions;
        var fitted = Math.Min(n, MostFitted);
        var sample = new float[fitted * dimensions];
        for (var i = 0; i < fitted; i++)
            points.AsSpan((int)((long)i * n / fitted) * dimensions, dimensions).CopyTo(sample.AsSpan(i * dimensions));
        var parameters = 1 + dimensions + (dimensions * (dimensions + 1) / 2.0);
        (GaussianMixture? Mixture, double Criterion) best = (null, double.MaxValue);
        var floor = (double)least * fitted / n / fitted;
        for (var count = 1; count <= most; count++)
        {
            var (clouds, likelihood) = Maximised(sample, dimensions, count, floor);
            var criterion = (clouds.Length * parameters * Math.Log(fitted)) - (2 * likelihood);
            if (criterion < best.Criterion)
                best = (new(clouds, dimensions), criterion);
        }
        return best.Mixture!;
    }

    /// <summary>The likeliest cloud of a point.</summary>
    public int Assign(ReadOnlySpan<float> point)
    {
        var (best, most) = (0, double.NegativeInfinity);
        for (var k = 0; k < _clouds.Length; k++)
            if (_clouds[k].LogDensity(point) is var density && density > most)
                (best, most) = (k, density);
        return best;
    }

    private static (Cloud[] Clouds, double Likelihood) Maximised(float[] points, int dimensions, int count, double floor)
    {
        var n = points.Length / dimensions;
        var labels = IsoSplit.Parcels(points, dimensions, count);
        var weights = new double[count][];
        for (var k = 0; k < count; k++)
            weights[k] = [.. labels.Select(label => label == k ? 1.0 : 0)];
        var likelihood = 0.0;
        Cloud[] clouds = [];
        for (var round = 0; round < Rounds; round++)
        {
            clouds = [.. weights.Where(own => own.Sum() > Math.Max(dimensions + 1, floor * n)).Select(own => new Cloud(points, own, dimensions))];
            if (weights.Length != clouds.Length)
                weights = [.. clouds.Select(_ => new double[n])];
            var before = likelihood;
            likelihood = 0;
            var logs = new double[clouds.Length];
            for (var i = 0; i < n; i++)
            {
                var most = double.NegativeInfinity;
                for (var k = 0; k < clouds.Length; k++)
                    most = Math.Max(most, logs[k] = clouds[k].LogDensity(points.AsSpan(i * dimensions, dimensions)));
                var sum = 0.0;
                for (var k = 0; k < clouds.Length; k++)
                    sum += Math.Exp(logs[k] - most);
                likelihood += most + Math.Log(sum);
                for (var k = 0; k < clouds.Length; k++)
                    weights[k][i] = Math.Exp(logs[k] - most) / sum;
            }
            if (round > 5 && Math.Abs(likelihood - before) < 1e-5 * Math.Abs(likelihood))
                break;
        }
        return (clouds, likelihood);
    }

    private sealed class Cloud
    {
        private readonly double[] _mean, _lower;
        private readonly double _constant;

        public Cloud(float[] points, double[] weights, int dimensions)
        {
            var all = weights.Sum();
            (Share, _mean, Covariance) = (all / weights.Length, new double[dimensions], new double[dimensions * dimensions]);
            for (var i = 0; i < weights.Length; i++)
                for (var d = 0; d < dimensions && weights[i] > 0; d++)
                    _mean[d] += weights[i] * points[(i * dimensions) + d] / all;
            for (var i = 0; i < weights.Length; i++)
            {
                if (weights[i] < 1e-9)
                    continue;
                for (var a = 0; a < dimensions; a++)
                    for (var b = 0; b <= a; b++)
                        Covariance[(a * dimensions) + b] += weights[i] * (points[(i * dimensions) + a] - _mean[a]) * (points[(i * dimensions) + b] - _mean[b]) / all;
            }
            for (var a = 0; a < dimensions; a++)
            {
                Covariance[(a * dimensions) + a] += 0.05;
                for (var b = 0; b < a; b++)
                    Covariance[(b * dimensions) + a] = Covariance[(a * dimensions) + b];
            }
            _lower = Cholesky.Factor(Covariance, dimensions) ?? throw new InvalidOperationException("a covariance and a multiple of one is positive");
            for (var d = 0; d < dimensions; d++)
                Width += Math.Log(_lower[(d * dimensions) + d]);
            _constant = Math.Log(Share) - Width - (dimensions / 2.0 * Math.Log(2 * Math.PI));
        }

        public double Share { get; }

        public double Width { get; }

        public double[] Covariance { get; }

        public double LogDensity(ReadOnlySpan<float> point)
        {
            Span<double> offset = stackalloc double[_mean.Length];
            for (var d = 0; d < offset.Length; d++)
                offset[d] = point[d] - _mean[d];
            Cholesky.Forward(_lower, offset.Length, offset);
            var squared = 0.0;
            foreach (var x in offset)
                squared += x * x;
            return _constant - (squared / 2);
        }
    }
}
