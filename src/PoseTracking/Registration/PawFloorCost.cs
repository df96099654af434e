namespace ClosedLoop.PoseTracking;

/// <summary>
/// What the heights of the paws over the floor cost a solve: standing paws are drawn down to it, lifted ones are let go,
/// and none gets into it.
/// </summary>
internal sealed class PawFloorCost
{
    private readonly KinematicTree _tree;
    private readonly PoseSolverOptions _options;
    private readonly double[] _base;
    private readonly double[] _sqrtWeight;
    private readonly double[] _residual;
    private readonly double[] _jacobian;

    public PawFloorCost(KinematicTree tree, PoseSolverOptions options)
    {
        _tree = tree;
        _options = options;
        Contacts = new(tree);
        _base = [.. Contacts.Paw.Select(p => options.FloorWeight / Contacts.Paw.Count(other => other == p))];
        _sqrtWeight = new double[Contacts.Count];
        _residual = new double[Contacts.Count];
        _jacobian = new double[tree.DofCount * Contacts.Count];
        Standing = new double[Contacts.Paws.Length];
        Array.Fill(Standing, 1);
    }

    /// <summary>The lowest points of the paws.</summary>
    public PawContacts Contacts { get; }

    /// <summary>How far each paw is drawn down to the floor, 1 being <see cref="PoseSolverOptions.FloorWeight"/>; none ever gets into it.</summary>
    public double[] Standing { get; }

    /// <summary>Heights of the contacts above the floor times the roots of their weights after <see cref="Linearise"/>.</summary>
    public ReadOnlySpan<double> WeightedResidual => _residual;

    /// <summary>Weight of a contact, robust part included, after <see cref="Linearise"/>.</summary>
    public double Weight(int contact) => _sqrtWeight[contact] * _sqrtWeight[contact];

    /// <summary>Row of the weighted Jacobian of the contacts' heights after <see cref="Linearise"/>; only the run that the degree of freedom moves is meaningful.</summary>
    public ReadOnlySpan<double> WeightedJacobian(int dof) => _jacobian.AsSpan(dof * Contacts.Count, Contacts.Count);

    /// <summary>
    /// What the paws' heights cost: what is below the floor all that it weighs, what is above it a robust loss, so that a
    /// paw that stands is drawn onto the floor and one that is lifted is let go. Leaves heights and weights behind.
    /// </summary>
    public double Evaluate(double floorHeightM)
    {
        Contacts.Update();
        var cost = 0.0;
        var c2 = _options.FloorRobustScaleM * _options.FloorRobustScaleM;
        for (var c = 0; c < _residual.Length; c++)
        {
            var height = Contacts.Heights[c] - floorHeightM;
            _residual[c] = height;
            var square = height * height;
            if (height < 0)
            {
                _sqrtWeight[c] = Math.Sqrt(_base[c] * _options.PenetrationRatio);
                cost += _base[c] * _options.PenetrationRatio * square;
                continue;
            }
            var w = _base[c] * Standing[Contacts.Paw[c]];
            cost += w * c2 * square / (c2 + square);
            _sqrtWeight[c] = Math.Sqrt(w) * c2 / (c2 + square);
        }
        return cost;
    }

    /// <summary>Linearises the cost about the pose that was evaluated last.</summary>
    public void Linearise()
    {
        for (var c = 0; c < _residual.Length; c++)
            _residual[c] *= _sqrtWeight[c];
        Contacts.Jacobian(_sqrtWeight, _jacobian);
    }

    /// <summary>Adds half the gradient and the Gauss-Newton Hessian of one degree of freedom, as far as those before it.</summary>
    public void Add(int dof, Span<double> gradient, Span<double> hessian)
    {
        var (from, run) = (Contacts.Start[dof], Contacts.End[dof] - Contacts.Start[dof]);
        if (run <= 0)
            return;
        var heights = _jacobian.AsSpan((dof * Contacts.Count) + from, run);
        gradient[dof] += PoseSolver.Dot(heights, _residual.AsSpan(from, run));
        for (var e = dof; e >= 0; e = _tree.DofParent[e])
            hessian[(dof * gradient.Length) + e] += PoseSolver.Dot(heights, _jacobian.AsSpan((e * Contacts.Count) + from, run));
    }
}
