using System.Runtime.InteropServices;
using ClosedLoop.Core;

namespace ClosedLoop.PoseTracking;

/// <summary>The functions of the calibration shim (native/calibration): boards, first values, bundle adjustment, drawing.</summary>
internal static partial class CalibrationNative
{
    private const string Library = "closedloop_calibration";

    static CalibrationNative() => NativeLibrary.SetDllImportResolver(typeof(CalibrationNative).Assembly, (name, _, _) => name == Library
        ? NativeFolders.Load(Library, "calibration library", "OpenCV or Ceres is missing; install the packages libopencv-contrib-dev and libceres-dev")
        : 0);

    /// <summary>A board as native/calibration/board.hpp lays it out.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Board
    {
        public int Kind, Columns, Rows, Dictionary, Parity, Reserved;
        public double Square, Marker;
    }

    /// <summary>Throws where a call did not return success.</summary>
    public static void Check(int status, string what)
    {
        if (status != 0)
            throw ClosedLoopException.Failed($"{what}: {LastError()}");
    }

    public static string LastError() => Marshal.PtrToStringUTF8(cl_cv_last_error()) ?? "";

    [LibraryImport(Library)] private static partial nint cl_cv_last_error();

    [LibraryImport(Library)] public static partial int cl_board_find(ReadOnlySpan<byte> grey, int width, int height, in Board board, int mirrored, Span<int> ids, Span<double> pixels);
    [LibraryImport(Library)] public static partial int cl_board_markers(ReadOnlySpan<byte> grey, int width, int height, in Board board, out int fitting, out double ratio);
    [LibraryImport(Library)] public static partial int cl_board_guess(ReadOnlySpan<byte> grey, int width, int height, ref Board guess, out double ratio);
    [LibraryImport(Library)] public static partial int cl_board_draw(in Board board, int scale, Span<byte> grey);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)] public static partial int cl_picture_read(string path, out int width, out int height, Span<byte> grey, long capacity);
    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)] public static partial int cl_picture_write(string path, ReadOnlySpan<byte> grey, int width, int height);
    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)] public static partial nint cl_frames_open(string path, out int width, out int height, out int frames);
    [LibraryImport(Library)] public static partial int cl_frames_next(nint video, Span<byte> grey, long capacity);
    [LibraryImport(Library)] public static partial void cl_frames_free(nint video);

    [LibraryImport(Library)]
    public static partial int cl_calibrate_camera(int width, int height, int views, ReadOnlySpan<int> counts, ReadOnlySpan<double> points, ReadOnlySpan<double> pixels, Span<double> lens, Span<double> poses, out double rms);
    [LibraryImport(Library)] public static partial int cl_solve_pose(ReadOnlySpan<double> lens, int count, ReadOnlySpan<double> points, ReadOnlySpan<double> pixels, int planar, Span<double> pose);
    [LibraryImport(Library)]
    public static partial int cl_bundle_adjust(
        int cameras, Span<double> lenses, Span<double> poses, ReadOnlySpan<int> fixedParts, int boardCount, Span<double> boards, int boardMode, int count,
        ReadOnlySpan<int> cameraOf, ReadOnlySpan<int> boardOf, ReadOnlySpan<double> corners, ReadOnlySpan<double> pixels, double lossPx,
        int iterations, int threads, ref int cancelled, Span<double> result);

    [LibraryImport(Library)] public static partial nint cl_canvas_make(int width, int height, uint rgb);
    [LibraryImport(Library)] public static partial void cl_canvas_free(nint canvas);
    [LibraryImport(Library)] public static partial int cl_canvas_line(nint canvas, double x1, double y1, double x2, double y2, uint rgb, int thickness);
    [LibraryImport(Library)] public static partial int cl_canvas_circle(nint canvas, double x, double y, double radius, uint rgb, int thickness);
    [LibraryImport(Library)] public static partial int cl_canvas_polygon(nint canvas, ReadOnlySpan<double> xy, int count, uint rgb, double opacity);
    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)] public static partial int cl_canvas_text(nint canvas, string text, double x, double y, double height, int anchor, uint rgb, int bold);
    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)] public static partial int cl_canvas_write(nint canvas, string path);
}
