using static ClosedLoop.Physics.MjcfText;

namespace ClosedLoop.Physics;

/// <summary>The floor, the lights and the cameras around a rat.</summary>
internal static class Surroundings
{
    public static void WriteVisual(MjcfText xml)
    {
        xml.Open("visual");
        xml.Element("global", "offwidth", "1920", "offheight", "1200");
        xml.Element("quality", "shadowsize", "2048");
        xml.Element("headlight", "ambient", "0.32 0.32 0.34", "diffuse", "0.28 0.28 0.28", "specular", "0 0 0");
        xml.Element("map", "znear", "0.01", "zfar", "60");
        xml.Close();
    }

    /// <summary>Sky and floor; to be called inside asset.</summary>
    public static void WriteAssets(MjcfText xml)
    {
        xml.Element("texture", "name", "sky", "type", "skybox", "builtin", "gradient", "rgb1", "0.72 0.78 0.84", "rgb2", "0.4 0.45 0.52",
            "width", "64", "height", "384");
        xml.Element("texture", "name", "floor", "type", "2d", "builtin", "checker", "rgb1", "0.62 0.63 0.61", "rgb2", "0.54 0.56 0.55",
            "mark", "edge", "markrgb", "0.48 0.5 0.5", "width", "256", "height", "256");
        // texuniform with 10 repeats: tiles of 10 cm, whatever the size of the floor.
        xml.Element("material", "name", "floor", "texture", "floor", "texuniform", "true", "texrepeat", "10 10", "specular", "0.1",
            "shininess", "0.1");
    }

    public static void WriteWorld(MjcfText xml, RodentBodyOptions options)
    {
        xml.Element("geom", "name", "floor", "type", "plane", "size", "5 5 0.05", "group", "0", "material", "floor", "rgba", "1 1 1 1",
            "contype", "0", "conaffinity", options.Collision == RodentCollision.None ? "0" : "1", "condim", "1");
        xml.Element("light", "name", "key", "directional", "true", "pos", "0.6 -0.8 1.6", "dir", "-0.35 0.45 -1", "diffuse", "0.55 0.54 0.5",
            "specular", "0.5 0.5 0.5", "castshadow", "true");
        xml.Element("light", "name", "fill", "directional", "true", "pos", "-0.8 0.6 1.2", "dir", "0.6 -0.5 -0.8", "diffuse", "0.22 0.23 0.26",
            "specular", "0 0 0", "castshadow", "false");
        var s = options.Scale;
        xml.Element("camera", "name", "overview", "pos", Vector(0.55 * s, -0.75 * s, 0.6 * s), "xyaxes", "0.806 0.591 0 -0.322 0.439 0.839",
            "fovy", "45");
    }

    /// <summary>Cameras that keep the rat in view; written in its root body.</summary>
    public static void WriteTrackingCameras(MjcfText xml, RodentBodyOptions options)
    {
        var s = options.Scale;
        var p = options.NamePrefix;
        xml.Element("camera", "name", p + "close_profile", "mode", "trackcom", "pos", Vector(0.15 * s, -0.27 * s, 0.1 * s),
            "xyaxes", "0.873 0.488 0 -0.155 0.278 0.948", "fovy", "45");
        xml.Element("camera", "name", p + "side", "mode", "trackcom", "pos", Vector(-0.02 * s, -0.32 * s, 0.05 * s), "xyaxes", "1 0 0 0 0.15 1", "fovy", "45");
        xml.Element("camera", "name", p + "front", "mode", "trackcom", "pos", Vector(0.29 * s, -0.04 * s, 0.07 * s),
            "xyaxes", "0.138 0.99 0 -0.236 0.033 0.971", "fovy", "40");
        xml.Element("camera", "name", p + "top", "mode", "trackcom", "pos", Vector(-0.05 * s, 0, 0.4 * s), "xyaxes", "0 -1 0 1 0 0", "fovy", "45");
    }
}
