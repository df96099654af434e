using System.Buffers;
using ClosedLoop.Core;

namespace ClosedLoop.Acquisition;

/// <summary>Takes the bytes of one of RHX's data ports, however the network has cut them.</summary>
internal interface IRhxParser
{
    /// <summary>Takes what is whole.</summary>
    /// <param name="bytes">All that has come and not been taken.</param>
    /// <param name="arrived">Session time at which the last of them were there.</param>
    /// <returns>Where what was taken ends.</returns>
    SequencePosition Parse(in ReadOnlySequence<byte> bytes, SessionTime arrived);

    /// <summary>The connection has ended, with so many bytes not taken: they are the beginning of something that will not come whole.</summary>
    void CutOff(long bytes);
}
