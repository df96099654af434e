using ClosedLoop.Core;

namespace ClosedLoop.Physics;

/// <summary>The state of one simulation of a <see cref="MujocoModel"/>. Belongs to one thread at a time.</summary>
public sealed unsafe class MujocoData : IDisposable
{
    private nint _handle;

    /// <summary>Makes a state at the model's initial configuration.</summary>
    public MujocoData(MujocoModel model)
    {
        Model = model;
        _handle = MujocoNative.cl_data_make(model.Handle);
        if (_handle == 0)
            throw ClosedLoopException.Failed(MujocoNative.LastError());
        Qpos = Doubles("qpos");
        Qvel = Doubles("qvel");
        Act = Doubles("act");
        Ctrl = Doubles("ctrl");
        SitePositions = Doubles("site_xpos");
        BodyPositions = Doubles("xpos");
        BodyRotations = Doubles("xmat");
        BodyQuaternions = Doubles("xquat");
        ActuatorLengths = Doubles("actuator_length");
        SensorData = Doubles("sensordata");
    }

    /// <summary>The model.</summary>
    public MujocoModel Model { get; }

    /// <summary>Generalised positions (nq).</summary>
    public NativeArray<double> Qpos { get; }

    /// <summary>Generalised velocities (nv).</summary>
    public NativeArray<double> Qvel { get; }

    /// <summary>Actuator states (na).</summary>
    public NativeArray<double> Act { get; }

    /// <summary>Actuator inputs (nu).</summary>
    public NativeArray<double> Ctrl { get; }

    /// <summary>World positions of the sites (nsite by 3), metres.</summary>
    public NativeArray<double> SitePositions { get; }

    /// <summary>World positions of the bodies (nbody by 3), metres.</summary>
    public NativeArray<double> BodyPositions { get; }

    /// <summary>World rotation matrices of the bodies (nbody by 9, row-major).</summary>
    public NativeArray<double> BodyRotations { get; }

    /// <summary>World quaternions of the bodies (nbody by 4: w, x, y, z).</summary>
    public NativeArray<double> BodyQuaternions { get; }

    /// <summary>Lengths of the actuators (nu): radians for joints, the weighted sum of angles for tendons.</summary>
    public NativeArray<double> ActuatorLengths { get; }

    /// <summary>All sensors one after the other (nsensordata).</summary>
    public NativeArray<double> SensorData { get; }

    /// <summary>Simulated time, seconds.</summary>
    public double TimeS
    {
        get => MujocoNative.cl_time(_handle);
        set => MujocoNative.cl_set_time(_handle, value);
    }

    /// <summary>Number of contacts found by the last step or <see cref="Forward"/>.</summary>
    public int ContactCount => MujocoNative.cl_contact_count(_handle);

    internal nint Handle => _handle;

    /// <summary>One contact of the last step: the ids of its two geoms, the gap (negative: overlap, metres) and the place.</summary>
    public (int Geom1, int Geom2, double DistanceM, double X, double Y, double Z) Contact(int index)
    {
        int geom1, geom2;
        double distance;
        var position = stackalloc double[3];
        if (MujocoNative.cl_contact(_handle, index, &geom1, &geom2, &distance, position) != 0)
            throw new ArgumentOutOfRangeException(nameof(index));
        return (geom1, geom2, distance, position[0], position[1], position[2]);
    }

    /// <summary>Any array of doubles of the state by MuJoCo's name: subtree_com, cvel, qfrc_actuator, ...</summary>
    public NativeArray<double> Doubles(string name)
    {
        var start = MujocoNative.cl_data_array(Model.Handle, _handle, name, out var rows, out var columns, out var kind);
        if (kind != (byte)'d')
            throw new ArgumentException($"mjData has no array '{name}' of doubles.", nameof(name));
        return new(start, rows, columns);
    }

    /// <summary>Steps the physics <paramref name="count"/> times.</summary>
    /// <exception cref="PhysicsUnstableException">
    /// A position, velocity or acceleration became invalid, or a fixed memory of MuJoCo ran full: the state is not to be
    /// trusted any more and must be set anew.
    /// </exception>
    public void Step(int count = 1)
    {
        var status = MujocoNative.cl_step(Model.Handle, _handle, count);
        if (status == 0)
            return;
        if (status == 1)
            throw ClosedLoopException.Failed($"the physics cannot step: {MujocoNative.LastError()}");
        throw new PhysicsUnstableException($"the physics became unstable: {MujocoNative.LastWarning()}");
    }

    /// <summary>Computes everything that depends on the state, without moving it.</summary>
    public void Forward() => MujocoNative.Check(MujocoNative.cl_forward(Model.Handle, _handle), "the physics cannot be computed");

    /// <summary>Computes positions of bodies and sites, and what Jacobians need, from <see cref="Qpos"/>.</summary>
    public void Kinematics() => MujocoNative.Check(MujocoNative.cl_kinematics(Model.Handle, _handle), "the kinematics cannot be computed");

    /// <summary>Computes <see cref="ActuatorLengths"/> from <see cref="Qpos"/>; call <see cref="Kinematics"/> first.</summary>
    public void Transmission() => MujocoNative.Check(MujocoNative.cl_transmission(Model.Handle, _handle), "the transmissions cannot be computed");

    /// <summary>
    /// Position Jacobians of sites, stacked: 3 rows per site of nv columns, metres per unit of each degree of freedom.
    /// Call <see cref="Kinematics"/> first.
    /// </summary>
    public void SiteJacobians(ReadOnlySpan<int> sites, Span<double> jacobian)
    {
        if (jacobian.Length < 3 * sites.Length * Model.Nv)
            throw new ArgumentException("The Jacobian has no room for all sites.", nameof(jacobian));
        fixed (int* s = sites)
        fixed (double* j = jacobian)
            MujocoNative.Check(MujocoNative.cl_site_jacobians(Model.Handle, _handle, s, sites.Length, j), "Jacobians cannot be computed");
    }

    /// <summary>Goes back to the model's initial configuration at time 0.</summary>
    public void Reset() => MujocoNative.Check(MujocoNative.cl_data_reset(Model.Handle, _handle), "the state cannot be reset");

    /// <summary>Takes over the whole state of <paramref name="other"/>, which belongs to the same model or to an equal one.</summary>
    public void CopyFrom(MujocoData other)
    {
        MujocoNative.Check(MujocoNative.cl_data_copy(_handle, Model.Handle, other._handle), "the state cannot be copied");
        GC.KeepAlive(other);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_handle != 0)
            MujocoNative.cl_data_free(_handle);
        _handle = 0;
        GC.SuppressFinalize(this);
    }

    /// <summary>Frees the native state where nobody disposed of it.</summary>
    ~MujocoData() => Dispose();
}
