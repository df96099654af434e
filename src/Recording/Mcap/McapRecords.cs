namespace ClosedLoop.Recording;

/// <summary>A description of how the messages of a channel are laid out.</summary>
/// <param name="Id">The number that channels refer to.</param>
/// <param name="Name">Full name of the type.</param>
/// <param name="Encoding">In what language <paramref name="Data"/> describes it ("protobuf", "jsonschema").</param>
/// <param name="Data">The description.</param>
public sealed record McapSchema(ushort Id, string Name, string Encoding, byte[] Data);

/// <summary>A stream of messages of one kind.</summary>
/// <param name="Id">The number that messages refer to.</param>
/// <param name="SchemaId">The schema of its messages; 0: none.</param>
/// <param name="Topic">Its name.</param>
/// <param name="MessageEncoding">How messages are encoded ("protobuf", "json").</param>
/// <param name="Metadata">What else is to be known of it.</param>
public sealed record McapChannel(
    ushort Id, ushort SchemaId, string Topic, string MessageEncoding, IReadOnlyDictionary<string, string> Metadata);

/// <summary>A file carried inside the recording.</summary>
/// <param name="Name">Its name.</param>
/// <param name="MediaType">Its media type, as in "application/xml".</param>
/// <param name="Data">Its bytes.</param>
public sealed record RecordingAttachment(string Name, string MediaType, byte[] Data);

/// <summary>Where a chunk lies, and the channels that have messages in it.</summary>
internal readonly record struct McapChunkIndex(long Offset, long Length, ushort[] Channels);

/// <summary>Where a record other than a chunk lies, length including its nine bytes of head.</summary>
internal readonly record struct McapRecordIndex(string Name, string MediaType, long Offset, long Length);
