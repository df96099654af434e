using System.Runtime.InteropServices;
using System.Text;
using ClosedLoop.Core;

namespace ClosedLoop.Physics;

/// <summary>
/// A compiled MuJoCo model. It may be shared by any number of <see cref="MujocoData"/> on any threads as long as nobody
/// changes it meanwhile.
/// </summary>
public sealed unsafe class MujocoModel : IDisposable
{
    private MujocoModel(nint handle, string warning)
    {
        Handle = handle;
        Warning = warning;
        Nq = Size("nq");
        Nv = Size("nv");
        Nu = Size("nu");
        Na = Size("na");
        SiteCount = Size("nsite");
        BodyCount = Size("nbody");
        JointCount = Size("njnt");
    }

    /// <summary>The installed MuJoCo's version, for instance 2.2.2.</summary>
    public static string LibraryVersion => FormatVersion(MujocoNative.cl_version_library());

    /// <summary>The version of the headers that the shim was built with; differs from the library's only on a broken installation.</summary>
    public static string HeaderVersion => FormatVersion(MujocoNative.cl_version_header());

    /// <summary>What MuJoCo's reader warned of, or an empty string.</summary>
    public string Warning { get; }

    /// <summary>Number of generalised positions.</summary>
    public int Nq { get; }

    /// <summary>Number of degrees of freedom.</summary>
    public int Nv { get; }

    /// <summary>Number of actuators.</summary>
    public int Nu { get; }

    /// <summary>Number of actuator states.</summary>
    public int Na { get; }

    /// <summary>Number of sites.</summary>
    public int SiteCount { get; }

    /// <summary>Number of bodies, the world included.</summary>
    public int BodyCount { get; }

    /// <summary>Number of joints, free joints included.</summary>
    public int JointCount { get; }

    /// <summary>Physics time step, seconds.</summary>
    public double TimestepS
    {
        get => Option("timestep");
        set => SetOption("timestep", value);
    }

    internal nint Handle { get; private set; }

    /// <summary>Compiles a model from MJCF text.</summary>
    /// <param name="mjcf">The model as XML.</param>
    /// <param name="files">Contents of the files that the XML names (meshes, skins, textures), by name.</param>
    /// <exception cref="ClosedLoopException">MuJoCo refuses the model; its own words are in the message.</exception>
    public static MujocoModel Load(string mjcf, IReadOnlyDictionary<string, byte[]>? files = null)
    {
        files ??= new Dictionary<string, byte[]>();
        var count = files.Count;
        var names = stackalloc byte*[Math.Max(1, count)];
        var contents = stackalloc byte*[Math.Max(1, count)];
        var sizes = stackalloc int[Math.Max(1, count)];
        var warning = stackalloc byte[1024];
        var pinned = new List<GCHandle>();
        try
        {
            byte* Pin(byte[] bytes)
            {
                var handle = GCHandle.Alloc(bytes.Length > 0 ? bytes : new byte[1], GCHandleType.Pinned);
                pinned.Add(handle);
                return (byte*)handle.AddrOfPinnedObject();
            }

            var i = 0;
            foreach (var (name, content) in files)
            {
                names[i] = Pin(Encoding.UTF8.GetBytes(name + '\0'));
                contents[i] = Pin(content);
                sizes[i++] = content.Length;
            }
            var xml = Encoding.UTF8.GetBytes(mjcf);
            var model = MujocoNative.cl_model_load(Pin(xml), xml.Length, names, contents, sizes, count, warning, 1024);
            if (model == 0)
                throw ClosedLoopException.Failed($"MuJoCo {LibraryVersion} refuses the model: {OneLine(MujocoNative.LastError())}");
            return new MujocoModel(model, OneLine(Marshal.PtrToStringUTF8((nint)warning) ?? ""));
        }
        finally
        {
            pinned.ForEach(handle => handle.Free());
        }
    }

    /// <summary>A second model with the same content, which may be changed on its own.</summary>
    public MujocoModel Copy()
    {
        var copy = MujocoNative.cl_model_copy(Handle);
        GC.KeepAlive(this);
        return copy != 0 ? new(copy, Warning) : throw ClosedLoopException.Failed($"the model cannot be copied: {MujocoNative.LastError()}");
    }

    /// <summary>The number of a named object.</summary>
    /// <exception cref="ClosedLoopException">The model has no such object; the nearest name is given.</exception>
    public int Id(ObjectType type, string name) => TryId(type, name) is { } id
        ? id
        : throw ClosedLoopException.Usage($"the model has no {type.ToString().ToLowerInvariant()} named '{name}'{Spelling.Suggest(name, Names(type))}");

    /// <summary>The number of a named object, or null.</summary>
    public int? TryId(ObjectType type, string name)
    {
        var id = MujocoNative.cl_name_to_id(Handle, (int)type, name);
        GC.KeepAlive(this);
        return id >= 0 ? id : null;
    }

    /// <summary>The name of an object, or an empty string where it has none.</summary>
    public string Name(ObjectType type, int id)
    {
        var name = Marshal.PtrToStringUTF8(MujocoNative.cl_id_to_name(Handle, (int)type, id)) ?? "";
        GC.KeepAlive(this);
        return name;
    }

    /// <summary>The names of all objects of a kind, in order; empty strings for nameless ones.</summary>
    public IReadOnlyList<string> Names(ObjectType type)
    {
        var count = Size(type switch
        {
            ObjectType.Body or ObjectType.XBody => "nbody",
            ObjectType.Joint => "njnt",
            ObjectType.Geom => "ngeom",
            ObjectType.Site => "nsite",
            ObjectType.Camera => "ncam",
            ObjectType.Tendon => "ntendon",
            ObjectType.Actuator => "nu",
            _ => "nsensor",
        });
        return [.. Enumerable.Range(0, count).Select(id => Name(type, id))];
    }

    /// <summary>A size of the model by MuJoCo's name: nq, nv, nu, nbody, ngeom, ...</summary>
    public int Size(string name)
    {
        var size = MujocoNative.cl_model_size(Handle, name);
        GC.KeepAlive(this);
        return size >= 0 ? size : throw new ArgumentException($"mjModel has no size '{name}'.", nameof(name));
    }

    /// <summary>A scalar of the model's options by MuJoCo's name: timestep, iterations, solver, ...</summary>
    public double Option(string name) => MujocoNative.cl_option_get(Handle, name, out var value) != 0
        ? value
        : throw new ArgumentException($"mjOption has no '{name}'.", nameof(name));

    /// <summary>Sets a scalar of the model's options.</summary>
    public void SetOption(string name, double value)
    {
        if (MujocoNative.cl_option_set(Handle, name, value) == 0)
            throw new ArgumentException($"mjOption has no '{name}'.", nameof(name));
    }

    /// <summary>Mass of all bodies together, kilograms.</summary>
    public double TotalMassKg
    {
        get
        {
            var total = 0.0;
            foreach (var mass in Doubles("body_mass").Span)
                total += mass;
            return total;
        }
    }

    /// <summary>Scales all masses and inertias so that the whole model weighs <paramref name="kilograms"/>.</summary>
    public void SetTotalMass(double kilograms) =>
        MujocoNative.Check(MujocoNative.cl_set_total_mass(Handle, kilograms), "the model's mass cannot be set");

    /// <summary>An array of doubles by MuJoCo's name: jnt_range, site_pos, body_mass, ... Changes take effect at once.</summary>
    public NativeArray<double> Doubles(string name) => Array<double>(name, 'd');

    /// <summary>An array of integers by MuJoCo's name: jnt_qposadr, site_bodyid, ...</summary>
    public NativeArray<int> Ints(string name) => Array<int>(name, 'i');

    /// <summary>An array of bytes by MuJoCo's name: jnt_limited, ...</summary>
    public NativeArray<byte> Bytes(string name) => Array<byte>(name, 'b');

    /// <summary>
    /// Velocities that lead from <paramref name="qpos1"/> to <paramref name="qpos2"/> in <paramref name="dtS"/> seconds,
    /// rotations by proper quaternion differences (angular velocity in the body's own frame). Lengths nq, nq, nv.
    /// </summary>
    public void Differentiate(ReadOnlySpan<double> qpos1, ReadOnlySpan<double> qpos2, double dtS, Span<double> qvel)
    {
        CheckLength(qpos1.Length, Nq, nameof(qpos1));
        CheckLength(qpos2.Length, Nq, nameof(qpos2));
        CheckLength(qvel.Length, Nv, nameof(qvel));
        fixed (double* a = qpos1, b = qpos2, v = qvel)
            MujocoNative.Check(MujocoNative.cl_differentiate(Handle, v, dtS, a, b), "velocities cannot be computed");
        GC.KeepAlive(this);
    }

    /// <summary>Moves <paramref name="qpos"/> along <paramref name="qvel"/> for <paramref name="dtS"/> seconds. Lengths nq, nv.</summary>
    public void Integrate(Span<double> qpos, ReadOnlySpan<double> qvel, double dtS)
    {
        CheckLength(qpos.Length, Nq, nameof(qpos));
        CheckLength(qvel.Length, Nv, nameof(qvel));
        fixed (double* q = qpos, v = qvel)
            MujocoNative.Check(MujocoNative.cl_integrate(Handle, q, v, dtS), "positions cannot be integrated");
        GC.KeepAlive(this);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Handle != 0)
            MujocoNative.cl_model_free(Handle);
        Handle = 0;
        GC.SuppressFinalize(this);
    }

    /// <summary>Frees the native model where nobody disposed of it.</summary>
    ~MujocoModel() => Dispose();

    private NativeArray<T> Array<T>(string name, char kind)
        where T : unmanaged
    {
        var start = MujocoNative.cl_model_array(Handle, name, out var rows, out var columns, out var actual);
        if (actual != kind)
            throw new ArgumentException($"mjModel has no array '{name}' of this type.", nameof(name));
        return new(start, rows, columns);
    }

    private static void CheckLength(int length, int expected, string name)
    {
        if (length != expected)
            throw new ArgumentException($"{length} numbers were given where the model has {expected}.", name);
    }

    private static string FormatVersion(int version) => $"{version / 100}.{version / 10 % 10}.{version % 10}";

    private static string OneLine(string text) =>
        string.Join(", ", text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
}
