using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using ClosedLoop.Core;

namespace ClosedLoop.Physics;

/// <summary>The functions of the MuJoCo shim (native/mujoco). Handles are opaque; no struct layout is known here.</summary>
internal static unsafe partial class MujocoNative
{
    private const string Library = "closedloop_mujoco";

    static MujocoNative() => NativeLibrary.SetDllImportResolver(typeof(MujocoNative).Assembly, (name, _, _) => name == Library
        ? NativeFolders.Load(Library, "physics library", "libmujoco is missing; install the package libmujoco-dev")
        : 0);

    /// <summary>Throws where a call did not return success.</summary>
    public static void Check(int status, string doing)
    {
        if (status != 0)
            throw ClosedLoopException.Failed($"{doing}: {LastError()}");
    }

    public static string LastError() => Marshal.PtrToStringUTF8(cl_last_error()) ?? "";

    public static string LastWarning() => Marshal.PtrToStringUTF8(cl_last_warning()) ?? "";

    [LibraryImport(Library)] private static partial nint cl_last_error();
    [LibraryImport(Library)] private static partial nint cl_last_warning();
    [LibraryImport(Library)] public static partial long cl_warning_count();
    [LibraryImport(Library)] public static partial int cl_version_library();
    [LibraryImport(Library)] public static partial int cl_version_header();
    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)] public static partial int cl_raise_error_for_test(string message);

    [LibraryImport(Library)]
    public static partial nint cl_model_load(byte* xml, int xmlSize, byte** names, byte** contents, int* sizes, int count, byte* warning, int warningSize);
    [LibraryImport(Library)] public static partial nint cl_model_copy(nint model);
    [LibraryImport(Library)] public static partial void cl_model_free(nint model);
    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)] public static partial int cl_model_size(nint model, string name);
    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)] public static partial int cl_option_get(nint model, string name, out double value);
    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)] public static partial int cl_option_set(nint model, string name, double value);
    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial void* cl_model_array(nint model, string name, out int rows, out int columns, out byte kind);
    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)] public static partial int cl_name_to_id(nint model, int type, string name);
    [LibraryImport(Library)] public static partial nint cl_id_to_name(nint model, int type, int id);
    [LibraryImport(Library)] public static partial int cl_set_total_mass(nint model, double kilograms);

    [LibraryImport(Library)] public static partial nint cl_data_make(nint model);
    [LibraryImport(Library)] public static partial void cl_data_free(nint data);
    [LibraryImport(Library)] public static partial int cl_data_copy(nint destination, nint model, nint source);
    [LibraryImport(Library)] public static partial int cl_data_reset(nint model, nint data);
    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial void* cl_data_array(nint model, nint data, string name, out int rows, out int columns, out byte kind);

    // NB: SuppressGCTransition only where the call is a plain read; a step may run for milliseconds and would hold up the collector.
    [LibraryImport(Library), SuppressGCTransition] public static partial double cl_time(nint data);
    [LibraryImport(Library), SuppressGCTransition] public static partial void cl_set_time(nint data, double time);
    [LibraryImport(Library), SuppressGCTransition] public static partial int cl_contact_count(nint data);
    [LibraryImport(Library), SuppressGCTransition] public static partial int cl_contact(nint data, int index, int* geom1, int* geom2, double* distance, double* position);

    [LibraryImport(Library)] public static partial int cl_step(nint model, nint data, int count);
    [LibraryImport(Library)] public static partial int cl_forward(nint model, nint data);
    [LibraryImport(Library)] public static partial int cl_kinematics(nint model, nint data);
    [LibraryImport(Library)] public static partial int cl_transmission(nint model, nint data);
    [LibraryImport(Library)] public static partial int cl_site_jacobians(nint model, nint data, int* sites, int count, double* jacobian);
    [LibraryImport(Library)] public static partial int cl_differentiate(nint model, double* qvel, double dt, double* qpos1, double* qpos2);
    [LibraryImport(Library)] public static partial int cl_integrate(nint model, double* qpos, double* qvel, double dt);

    [LibraryImport(Library)] public static partial nint cl_renderer_make(nint model, int width, int height, int samples, int shadowSize);
    [LibraryImport(Library)] public static partial void cl_renderer_free(nint renderer);
    [LibraryImport(Library)] public static partial void cl_renderer_camera(nint renderer, int camera, double* lookAt, double distance, double azimuth, double elevation);
    [LibraryImport(Library)] public static partial void cl_renderer_groups(nint renderer, uint geoms, uint sites, int shadows);
    [LibraryImport(Library)] public static partial int cl_renderer_scene(nint renderer, nint model, nint data);
    [LibraryImport(Library)] public static partial int cl_renderer_add(nint renderer, double* from, double* to, double radius, float* rgba);
    [LibraryImport(Library)] public static partial int cl_renderer_draw(nint renderer, byte* rgb);
    [LibraryImport(Library)]
    public static partial int cl_renderer_pinhole(nint renderer, double* position, double* forward, double* up, double* window, double near, double far, int width, int height);
    [LibraryImport(Library)] public static partial int cl_renderer_photograph(nint renderer, LensPixel* lens, int count, byte* rgb);
    [LibraryImport(Library)] public static partial void cl_photo_develop(byte* rgb, int width, int height, PhotoSettings* photo, float* scratch);
}
