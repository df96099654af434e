using ClosedLoop.Core;

namespace ClosedLoop.Recording;

/// <summary>The handles of one open data set.</summary>
internal sealed unsafe class Hdf5Dataset(long id, long type, long space) : IDisposable
{
    public long Id => id;

    public long Type => type;

    public long Space => space;

    public int TypeClass => Hdf5Native.H5Tget_class(type);

    public int[] Dimensions => DimensionsOf(space);

    /// <summary>The size of each dimension of a data space; none for a single value.</summary>
    public static int[] DimensionsOf(long space)
    {
        const int MaxRank = 32;
        var rank = Hdf5Native.H5Sget_simple_extent_ndims(space);
        if (rank is <= 0 or > MaxRank)
            return [];
        var dims = stackalloc ulong[MaxRank];
        _ = Hdf5Native.H5Sget_simple_extent_dims(space, dims, null);
        var result = new int[rank];
        for (var i = 0; i < rank; i++)
            result[i] = (int)Math.Min(dims[i], int.MaxValue);
        return result;
    }

    /// <summary>The number of elements, where that many fit into an array.</summary>
    public int Count(string path, string dataset)
    {
        var count = Dimensions.Aggregate(1.0, (product, size) => product * size);
        return count <= Array.MaxLength
            ? (int)count
            : throw ClosedLoopException.Failed($"'{dataset}' in '{path}' holds {count:0} values, more than can be read at once");
    }

    public void Dispose()
    {
        _ = Hdf5Native.H5Sclose(space);
        _ = Hdf5Native.H5Tclose(type);
        _ = Hdf5Native.H5Dclose(id);
    }
}
