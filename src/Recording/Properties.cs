using System.Runtime.CompilerServices;

// The tests stand in for a full, failing or hanging disk, which takes the recorder's inner parts.
[assembly: InternalsVisibleTo("ClosedLoop.Tests")]
