namespace ClosedLoop.Comparison;

/// <summary>
/// The search for one unit's optimum, a step of which needs one value and gradient: limited-memory BFGS (Nocedal 1980)
/// whose first guess of the Hessian is that of a constant rate, so that weakly driven units need a handful of steps.
/// </summary>
/// <remarks>
/// It asks for nothing itself: whoever runs many of them evaluates all their <see cref="Trial"/>s in one pass over the data
/// and hands each its result.
/// </remarks>
internal sealed class QuasiNewton
{
    private const int Memory = 8;

    private readonly double[][] _steps, _changes;
    private readonly double[] _curvatures, _alphas, _point, _gradient, _direction, _scratch;
    private Cholesky _hessian = null!;
    private double _mean, _value, _slope, _scale, _initial;
    private int _pairs;
    private bool _begun;

    /// <summary>Makes one that can be begun again and again.</summary>
    /// <param name="length">Number of parameters.</param>
    public QuasiNewton(int length)
    {
        (_steps, _changes, _curvatures, _alphas) = (new double[Memory][], new double[Memory][], new double[Memory], new double[Memory]);
        for (var i = 0; i < Memory; i++)
            (_steps[i], _changes[i]) = (new double[length], new double[length]);
        (_point, _gradient, _direction, _scratch, Trial) = (new double[length], new double[length], new double[length], new double[length], new double[length]);
    }

    /// <summary>Where the value and gradient are asked for next; at the end, the optimum.</summary>
    public double[] Trial { get; }

    /// <summary>Whether the search is over.</summary>
    public bool Done { get; private set; }

    /// <summary>Whether it ended at the optimum.</summary>
    public bool Converged { get; private set; }

    /// <summary>The value at the optimum.</summary>
    public double Value => _value;

    /// <summary>Begins at what <see cref="Trial"/> holds.</summary>
    /// <param name="hessian">Of the weights (all parameters but the first) at a constant rate.</param>
    /// <param name="mean">That rate, the Hessian of the first parameter.</param>
    public void Begin(Cholesky hessian, double mean)
    {
        (_hessian, _mean, _pairs, _begun, Done, Converged, _initial) = (hessian, mean, 0, false, false, false, 1);
    }

    /// <summary>Takes value and gradient at <see cref="Trial"/> and moves it on, or ends.</summary>
    /// <param name="value">The objective.</param>
    /// <param name="gradient">Its gradient.</param>
    /// <param name="tolerance">The length of a step that ends the search, in units of the weights.</param>
    public void Take(double value, ReadOnlySpan<double> gradient, double tolerance)
    {
        if (_begun)
        {
            // NB: where the slope at the trial still falls, a convex value has fallen too; near the optimum this holds where rounding hides the fall of the value.
            var slope = Vectors.Dot(gradient, _direction);
            if (!(slope <= 0 || value <= _value + (1e-4 * _scale * _slope)))
            {
                _scale /= 2;
                if (_scale < 1e-12)
                    End(converged: false);
                else
                    Try();
                return;
            }
            Remember(gradient);
        }
        (_begun, _value) = (true, value);
        Trial.CopyTo(_point.AsSpan());
        gradient.CopyTo(_gradient);
        gradient.CopyTo(_scratch);
        Precondition(_scratch);
        if (Math.Sqrt(Math.Max(0, Vectors.Dot(_scratch, gradient)) / _mean) <= tolerance)
        {
            End(converged: true);
            return;
        }
        FindDirection();
        _slope = Vectors.Dot(_gradient, _direction);
        if (!(_slope < 0))
        {
            // Rounding has spoilt the memory: begin anew with the plain guess.
            (_pairs, _initial) = (0, 1);
            FindDirection();
            _slope = Vectors.Dot(_gradient, _direction);
        }
        _scale = 1;
        Try();
    }

    /// <summary>Stops where it is.</summary>
    public void Abandon() => End(converged: false);

    private void Try()
    {
        for (var j = 0; j < Trial.Length; j++)
            Trial[j] = _point[j] + (_scale * _direction[j]);
    }

    private void End(bool converged)
    {
        (Done, Converged) = (true, converged);
        _point.CopyTo(Trial.AsSpan());
    }

    private void Remember(ReadOnlySpan<double> gradient)
    {
        var slot = _pairs % Memory;
        var (step, change) = (_steps[slot], _changes[slot]);
        for (var j = 0; j < step.Length; j++)
            (step[j], change[j]) = (Trial[j] - _point[j], gradient[j] - _gradient[j]);
        var curvature = Vectors.Dot(step, change);
        change.CopyTo(_scratch.AsSpan());
        Precondition(_scratch);
        var guess = Vectors.Dot(change, _scratch);
        if (!(curvature > 0) || !(guess > 0))
            return;
        (_curvatures[slot], _initial) = (curvature, curvature / guess);
        _pairs++;
    }

    private void FindDirection()
    {
        for (var j = 0; j < _direction.Length; j++)
            _direction[j] = -_gradient[j];
        var kept = Math.Min(_pairs, Memory);
        for (var k = 0; k < kept; k++)
        {
            var slot = (_pairs - 1 - k) % Memory;
            _alphas[slot] = Vectors.Dot(_steps[slot], _direction) / _curvatures[slot];
            Vectors.AddScaled(_direction, -_alphas[slot], _changes[slot]);
        }
        Precondition(_direction);
        for (var j = 0; j < _direction.Length; j++)
            _direction[j] *= _initial;
        for (var k = kept - 1; k >= 0; k--)
        {
            var slot = (_pairs - 1 - k) % Memory;
            Vectors.AddScaled(_direction, _alphas[slot] - (Vectors.Dot(_changes[slot], _direction) / _curvatures[slot]), _steps[slot]);
        }
    }

    private void Precondition(double[] vector)
    {
        vector[0] /= _mean;
        _hessian.Solve(vector.AsSpan(1));
    }
}
