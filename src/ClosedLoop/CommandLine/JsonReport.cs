using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization;
using ClosedLoop.Core;

namespace ClosedLoop.CommandLine;

/// <summary>
/// The option <c>--json FILE</c> that every verb shares: the facts of its summary, for machines. Properties are written
/// as <c>snake_case</c>, numbers that are not finite as <c>null</c>.
/// </summary>
public static class JsonReport
{
    private static readonly JsonSerializerOptions Format = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new FiniteDoubleConverter(), new FiniteSingleConverter(), new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    private static readonly JsonSerializerOptions OneLine = new(Format) { WriteIndented = false };

    /// <summary>The option, for one verb. It refuses a place that cannot be written to before any work is done.</summary>
    public static Option<FileInfo?> CreateOption()
    {
        var option = new Option<FileInfo?>("--json")
        {
            Description = "Write the facts of the summary to FILE as JSON.",
            HelpName = "FILE",
        };
        option.Validators.Add(result =>
        {
            if (result.Tokens is not [var token])
                return;
            if (OutputPath.ProblemWith("--json", token.Value) is { } problem)
                result.AddError(problem);
        });
        return option;
    }

    /// <summary>Writes the facts; nothing where no file was asked for. A reader never sees half a file.</summary>
    /// <exception cref="ClosedLoopException">The file cannot be written.</exception>
    public static void Write(FileInfo? file, object facts)
    {
        if (file is null)
            return;
        var temporary = $"{file.FullName}.{Environment.ProcessId}.tmp";
        try
        {
            using (var stream = File.Create(temporary))
            {
                JsonSerializer.Serialize(stream, facts, Format);
                stream.Write("\n"u8);
            }
            File.Move(temporary, file.FullName, overwrite: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            if (File.Exists(temporary))
                File.Delete(temporary);
            throw ClosedLoopException.Failed($"the report '{file}' could not be written: {exception.Message}", exception);
        }
    }

    /// <summary>The facts as UTF-8 on one line, as telemetry and metadata keep them.</summary>
    public static byte[] ToUtf8(object facts) => JsonSerializer.SerializeToUtf8Bytes(facts, OneLine);

    /// <summary>The facts back from <see cref="ToUtf8"/>.</summary>
    /// <exception cref="JsonException">The text is not what <see cref="ToUtf8"/> writes.</exception>
    public static T Parse<T>(string json) => JsonSerializer.Deserialize<T>(json, OneLine) ?? throw new JsonException("nothing is there");

    /// <summary>JSON has no NaN and no infinity: null says that there is no number.</summary>
    private sealed class FiniteDoubleConverter : JsonConverter<double>
    {
        public override double Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.TokenType == JsonTokenType.Null ? double.NaN : reader.GetDouble();

        public override bool HandleNull => true;

        public override void Write(Utf8JsonWriter writer, double value, JsonSerializerOptions options)
        {
            if (double.IsFinite(value))
                writer.WriteNumberValue(value);
            else
                writer.WriteNullValue();
        }
    }

    private sealed class FiniteSingleConverter : JsonConverter<float>
    {
        public override float Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.TokenType == JsonTokenType.Null ? float.NaN : reader.GetSingle();

        public override bool HandleNull => true;

        public override void Write(Utf8JsonWriter writer, float value, JsonSerializerOptions options)
        {
            if (float.IsFinite(value))
                writer.WriteNumberValue(value);
            else
                writer.WriteNullValue();
        }
    }
}
