using ClosedLoop.Core;

namespace ClosedLoop.Recording;

/// <summary>Reads the records of one stream of a recording in the order in which they were written.</summary>
/// <typeparam name="T">The kind of record.</typeparam>
public sealed class RecordReader<T>
    where T : class
{
    private readonly string _path;
    private readonly string _topic;
    private readonly McapMessages? _messages;
    private readonly RecordTable<T> _table;

    internal RecordReader(string path, string topic, McapMessages? messages, RecordTable<T> table) =>
        (_path, _topic, _messages, _table) = (path, topic, messages, table);

    /// <summary>Reads the next record into <paramref name="into"/>, which has the recording's sizes. Allocates nothing once warm.</summary>
    /// <returns>False at the end.</returns>
    /// <exception cref="ClosedLoopException">The recording is damaged here.</exception>
    public bool TryRead(T into)
    {
        if (_messages?.TryNext() != true)
            return false;
        try
        {
            _table.Decode(_messages.Data, into);
            return true;
        }
        catch (InvalidDataException error)
        {
            throw ClosedLoopException.Failed(
                $"'{_path}' is damaged: message {_messages.Sequence} of {_topic} is no {_table.Name}, {error.Message}", error);
        }
    }
}
