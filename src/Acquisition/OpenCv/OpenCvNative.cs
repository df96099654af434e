using System.Runtime.InteropServices;
using ClosedLoop.Core;

namespace ClosedLoop.Acquisition;

/// <summary>The functions of the shim over OpenCV's videos, cameras and pictures (native/opencv). Handles are opaque.</summary>
internal static unsafe partial class OpenCvNative
{
    /// <summary>What a read returns where there is no further frame.</summary>
    public const int End = 2;

    private const string Library = "closedloop_opencv";

    static OpenCvNative() => NativeLibrary.SetDllImportResolver(typeof(OpenCvNative).Assembly, (name, _, _) => name == Library
        ? NativeFolders.Load(Library, "video library", "OpenCV is missing; install the packages libopencv-videoio-dev and libopencv-imgcodecs-dev")
        : 0);

    /// <summary>What went wrong in the calling thread's last call that failed.</summary>
    public static string LastError() => Marshal.PtrToStringUTF8(cl_cv_last_error()) ?? "";

    /// <summary>The version of OpenCV.</summary>
    public static string Version() => Marshal.PtrToStringUTF8(cl_cv_version()) ?? "";

    [LibraryImport(Library)] private static partial nint cl_cv_last_error();
    [LibraryImport(Library)] private static partial nint cl_cv_version();

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)] public static partial nint cl_video_open(string path, int threads);
    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint cl_camera_open(string path, int width, int height, double rate, string fourcc);
    [LibraryImport(Library)]
    public static partial int cl_video_info(nint video, out int width, out int height, out double rate, out long frames, byte* codec);
    [LibraryImport(Library)] public static partial int cl_video_read(nint video, byte* pixels, int width, int height, int channels, out double timeMs);
    [LibraryImport(Library)] public static partial int cl_video_skip(nint video);
    [LibraryImport(Library)] public static partial int cl_video_seek(nint video, long frame);
    [LibraryImport(Library)] public static partial void cl_video_close(nint video);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint cl_writer_open(string path, string fourcc, double rate, int width, int height);
    [LibraryImport(Library)] public static partial int cl_writer_write(nint writer, byte* pixels, int width, int height, int channels);
    [LibraryImport(Library)] public static partial int cl_writer_close(nint writer);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint cl_picture_open(string path, int channels, out int width, out int height);
    [LibraryImport(Library)] public static partial int cl_picture_pixels(nint picture, byte* pixels, int width, int height, int channels);
    [LibraryImport(Library)] public static partial void cl_picture_close(nint picture);
    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int cl_picture_read(string path, byte* pixels, int width, int height, int channels);

    [LibraryImport(Library)]
    public static partial int cl_jpeg_encode(byte* pixels, int width, int height, int channels, int quality, byte* jpeg, long capacity, out long length);
    [LibraryImport(Library)] public static partial int cl_jpeg_decode(byte* jpeg, long length, byte* pixels, int width, int height, int channels);
}
