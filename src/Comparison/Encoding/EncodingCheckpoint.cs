using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using ClosedLoop.Core;

namespace ClosedLoop.Comparison;

/// <summary>
/// A folder in which the finished parts of encoding models are kept, a file a class: who begins anew with the same data and
/// options finds them, whoever changed either does not.
/// </summary>
/// <param name="folder">The folder; made where it is missing.</param>
public sealed class EncodingCheckpoint(string folder)
{
    // What is kept changes its meaning with the way it is computed: then this number changes too.
    private const int Version = 2;

    /// <summary>Opens the file of a class.</summary>
    /// <exception cref="ClosedLoopException">It cannot be made or written to.</exception>
    internal Parts Open(FeatureClass one, Matrix counts, IReadOnlyList<BinRange> usable, EncodingOptions options, int partLength)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(string.Join('\n', [
            $"{Version} {partLength} {counts.Rows} {counts.Columns} {one.Features.Columns} {options.Folds} {options.BlocksPerFold}",
            FormattableString.Invariant($"{options.BinMs:R} {options.LeastLagMs:R} {options.MostLagMs:R} {options.LagStepMs:R} {options.SmoothingReachMs:R}"),
            string.Join(' ', options.Alphas.Select(alpha => FormattableString.Invariant($"{alpha:R}"))), string.Join(' ', usable), one.Name])));
        hash.AppendData(MemoryMarshal.AsBytes(counts.Values.AsSpan()));
        hash.AppendData(MemoryMarshal.AsBytes(one.Features.Values.AsSpan()));
        var key = hash.GetHashAndReset();
        try
        {
            Directory.CreateDirectory(folder);
            return new(Path.Combine(folder, $"{string.Concat(one.Name.Select(letter => char.IsAsciiLetterOrDigit(letter) ? letter : '_'))}-{Convert.ToHexStringLower(key.AsSpan(0, 8))}.part"), key, partLength);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw ClosedLoopException.Failed($"what is finished cannot be kept in '{folder}': {error.Message}", error);
        }
    }

    /// <summary>The parts of a class that are finished. Any number of threads may add to it.</summary>
    internal sealed class Parts : IDisposable
    {
        private readonly Dictionary<int, double[]> _parts = [];
        private readonly FileStream _file;

        public Parts(string path, byte[] key, int length)
        {
            _file = new(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
            var found = new byte[key.Length];
            var whole = _file.ReadAtLeast(found, key.Length, throwOnEndOfStream: false) == key.Length && found.AsSpan().SequenceEqual(key);
            if (!whole)
            {
                _file.SetLength(0);
                _file.Write(key);
            }
            // NB: the last part may have been cut short; each is followed by its checksum.
            var (bytes, end) = (new byte[sizeof(int) + (length * sizeof(double)) + sizeof(uint)], (long)key.Length);
            while (whole && _file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) == bytes.Length
                && Crc32.Compute(bytes.AsSpan(0, bytes.Length - sizeof(uint))) == BitConverter.ToUInt32(bytes, bytes.Length - sizeof(uint)))
            {
                _parts[BitConverter.ToInt32(bytes)] = MemoryMarshal.Cast<byte, double>(bytes.AsSpan(sizeof(int), length * sizeof(double))).ToArray();
                end += bytes.Length;
            }
            _file.SetLength(end);
            _file.Position = end;
        }

        /// <summary>How many there are.</summary>
        public int Count => _parts.Count;

        /// <summary>A part; null where it is not finished.</summary>
        public double[]? TryGet(int item)
        {
            lock (_parts)
                return _parts.GetValueOrDefault(item);
        }

        /// <summary>Keeps a part.</summary>
        /// <exception cref="ClosedLoopException">It cannot be written.</exception>
        public void Add(int item, double[] numbers)
        {
            var bytes = new byte[sizeof(int) + (numbers.Length * sizeof(double)) + sizeof(uint)];
            BitConverter.TryWriteBytes(bytes, item);
            MemoryMarshal.AsBytes(numbers.AsSpan()).CopyTo(bytes.AsSpan(sizeof(int)));
            BitConverter.TryWriteBytes(bytes.AsSpan(bytes.Length - sizeof(uint)), Crc32.Compute(bytes.AsSpan(0, bytes.Length - sizeof(uint))));
            lock (_parts)
            {
                _parts[item] = numbers;
                try
                {
                    _file.Write(bytes);
                    _file.Flush();
                }
                catch (IOException error)
                {
                    throw ClosedLoopException.Failed($"what is finished cannot be kept in '{_file.Name}': {error.Message}", error);
                }
            }
        }

        public void Dispose() => _file.Dispose();
    }
}
