using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace ClosedLoop.Recording;

/// <summary>Takes the elements inside a variable of a MAT v5 file one after the other.</summary>
internal ref struct MatElementReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    /// <summary>One element: its storage type and its bytes.</summary>
    public readonly ref struct Element(int type, ReadOnlySpan<byte> bytes)
    {
        public ReadOnlySpan<byte> Bytes { get; } = bytes;

        public int Type => type;

        /// <summary>The numbers as doubles. NB: MATLAB stores whole numbers of a double array in the smallest type that holds them.</summary>
        public bool TryToDoubles(out double[] values)
        {
            double[]? result = type switch
            {
                1 => Convert(MemoryMarshal.Cast<byte, sbyte>(Bytes), v => v),
                2 => Convert(Bytes, v => v),
                3 => Convert(MemoryMarshal.Cast<byte, short>(Bytes), v => v),
                4 => Convert(MemoryMarshal.Cast<byte, ushort>(Bytes), v => v),
                5 => Convert(MemoryMarshal.Cast<byte, int>(Bytes), v => v),
                6 => Convert(MemoryMarshal.Cast<byte, uint>(Bytes), v => v),
                7 => Convert(MemoryMarshal.Cast<byte, float>(Bytes), v => v),
                9 => MemoryMarshal.Cast<byte, double>(Bytes).ToArray(),
                12 => Convert(MemoryMarshal.Cast<byte, long>(Bytes), v => v),
                13 => Convert(MemoryMarshal.Cast<byte, ulong>(Bytes), v => v),
                _ => null,
            };
            values = result ?? [];
            return result is not null;
        }

        private static double[] Convert<T>(ReadOnlySpan<T> source, Func<T, double> convert)
        {
            var result = new double[source.Length];
            for (var i = 0; i < result.Length; i++)
                result[i] = convert(source[i]);
            return result;
        }
    }

    /// <summary>Takes the next element; false where the rest is too short for one.</summary>
    public bool TryRead(out Element element)
    {
        element = default;
        if (_rest.Length < 8)
            return false;
        var tag = BinaryPrimitives.ReadUInt32LittleEndian(_rest);
        // An element of at most four bytes may share its tag's eight: size and type in one word.
        if (tag >> 16 != 0)
        {
            if (tag >> 16 > 4)
                return false;
            element = new((int)(tag & 0xffff), _rest.Slice(4, (int)(tag >> 16)));
            _rest = _rest[8..];
            return true;
        }
        var size = BinaryPrimitives.ReadUInt32LittleEndian(_rest[4..]);
        if (size > _rest.Length - 8)
            return false;
        element = new((int)tag, _rest.Slice(8, (int)size));
        _rest = _rest[Math.Min(_rest.Length, 8 + (int)((size + 7) & ~7u))..];
        return true;
    }
}
