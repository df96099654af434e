using System.Globalization;
using System.Text;

namespace ClosedLoop.Physics;

/// <summary>Writes indented XML elements with invariant numbers; the same calls give the same text everywhere.</summary>
internal sealed class MjcfText
{
    private readonly StringBuilder text = new();
    private readonly Stack<string> open = new();

    /// <summary>Opens an element. Attributes are name and value in turn; a null value leaves its attribute out.</summary>
    public MjcfText Open(string element, params ReadOnlySpan<string?> attributes)
    {
        Begin(element, attributes);
        text.Append(">\n");
        open.Push(element);
        return this;
    }

    /// <summary>Writes an element without children.</summary>
    public MjcfText Element(string element, params ReadOnlySpan<string?> attributes)
    {
        Begin(element, attributes);
        text.Append("/>\n");
        return this;
    }

    /// <summary>Closes the innermost open element.</summary>
    public MjcfText Close()
    {
        var element = open.Pop();
        text.Append(' ', 2 * open.Count).Append("</").Append(element).Append(">\n");
        return this;
    }

    public override string ToString() => text.ToString();

    public static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    /// <summary>Numbers separated by blanks.</summary>
    public static string Vector(params ReadOnlySpan<double> values)
    {
        var text = new StringBuilder();
        foreach (var value in values)
            text.Append(text.Length == 0 ? "" : " ").Append(Number(value));
        return text.ToString();
    }

    private void Begin(string element, ReadOnlySpan<string?> attributes)
    {
        text.Append(' ', 2 * open.Count).Append('<').Append(element);
        for (var i = 0; i < attributes.Length; i += 2)
            if (attributes[i + 1] is { } value)
                text.Append(' ').Append(attributes[i]).Append("=\"").Append(value).Append('"');
    }
}
