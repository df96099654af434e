namespace ClosedLoop.PoseTracking;

/// <summary>
/// Steps of a linearised cost that keep every hinge inside its limits exactly, by an active set over the sparse Hessian.
/// </summary>
internal sealed class BoundedStep
{
    private readonly KinematicTree _tree;
    private readonly double[] _gradient;
    private readonly double[] _hessian;
    private readonly TreeCholesky _cholesky;
    private readonly int _n;
    private readonly double[] _step;
    private readonly bool[] _fixed;

    /// <summary>Steps for a gradient and a Hessian (lower triangle) that their owner writes.</summary>
    public BoundedStep(KinematicTree tree, double[] gradient, double[] hessian)
    {
        _tree = tree;
        _gradient = gradient;
        _hessian = hessian;
        _n = tree.DofCount;
        _cholesky = new(tree.DofParent);
        _step = new double[_n];
        _fixed = new bool[_n];
    }

    /// <summary>The step after <see cref="Solve"/>, by degree of freedom.</summary>
    public ReadOnlySpan<double> Values => _step;

    /// <summary>
    /// Solves for a damped step inside the limits. Hinges that the step would carry past a limit are put onto it, and the
    /// others are solved again given that, until no more are added.
    /// </summary>
    public bool Solve(ReadOnlySpan<double> qpos, int count, double damping)
    {
        var tree = _tree;
        Array.Clear(_fixed);
        for (var d = 6; d < count; d++)
        {
            var q = qpos[tree.QposIndex[d]];
            _fixed[d] = (q <= tree.Lower[d] && _gradient[d] > 0) || (q >= tree.Upper[d] && _gradient[d] < 0);
            _step[d] = 0;
        }
        Span<double> solution = stackalloc double[_n];
        while (true)
        {
            var matrix = _cholesky.Matrix;
            for (var d = 0; d < _n; d++)
            {
                if (d >= count || _fixed[d])
                {
                    solution[d] = 0;
                    for (var e = tree.DofParent[d]; e >= 0; e = tree.DofParent[e])
                        matrix[(d * _n) + e] = 0;
                    matrix[(d * _n) + d] = 1;
                    continue;
                }
                solution[d] = -_gradient[d];
                var from = d * _n;
                matrix[from + d] = (_hessian[from + d] * (1 + damping)) + 1e-12;
                for (var e = tree.DofParent[d]; e >= 0; e = tree.DofParent[e])
                    matrix[from + e] = _fixed[e] ? 0 : _hessian[from + e];
            }
            // What the fixed steps do to the others.
            for (var d = 6; d < count; d++)
                for (var e = tree.DofParent[d]; e >= 0; e = tree.DofParent[e])
                {
                    if (_fixed[d] && !_fixed[e])
                        solution[e] -= _hessian[(d * _n) + e] * _step[d];
                    else if (_fixed[e] && !_fixed[d])
                        solution[d] -= _hessian[(d * _n) + e] * _step[e];
                }
            if (!_cholesky.Factorise())
                return false;
            _cholesky.Solve(solution);
            var added = false;
            for (var d = 0; d < count; d++)
            {
                if (_fixed[d])
                    continue;
                _step[d] = solution[d];
                if (d < 6)
                    continue;
                var q = qpos[tree.QposIndex[d]];
                if (q + _step[d] < tree.Lower[d])
                    _step[d] = tree.Lower[d] - q;
                else if (q + _step[d] > tree.Upper[d])
                    _step[d] = tree.Upper[d] - q;
                else
                    continue;
                _fixed[d] = true;
                added = true;
            }
            if (!added)
                return true;
        }
    }

    /// <summary>Whether a hinge stands at a limit and is pushed against it.</summary>
    public bool IsHeld(int dof, ReadOnlySpan<double> qpos)
    {
        if (dof < 6)
            return false;
        var q = qpos[_tree.QposIndex[dof]];
        return (q <= _tree.Lower[dof] && _gradient[dof] > 0) || (q >= _tree.Upper[dof] && _gradient[dof] < 0);
    }

    /// <summary>Factorises the Hessian over the degrees of freedom that are not held.</summary>
    public bool FactoriseFree(ReadOnlySpan<double> qpos)
    {
        for (var d = 0; d < _n; d++)
            _fixed[d] = IsHeld(d, qpos);
        for (var d = 0; d < _n; d++)
        {
            for (var e = _tree.DofParent[d]; e >= 0; e = _tree.DofParent[e])
                _cholesky.Matrix[(d * _n) + e] = _fixed[d] || _fixed[e] ? 0 : _hessian[(d * _n) + e];
            _cholesky.Matrix[(d * _n) + d] = _fixed[d] ? 1 : _hessian[(d * _n) + d] + 1e-12;
        }
        return _cholesky.Factorise();
    }

    /// <summary>Solves with what <see cref="FactoriseFree"/> factorised.</summary>
    public void SolveFree(Span<double> x) => _cholesky.Solve(x);
}
