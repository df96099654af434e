using ClosedLoop.Core;

namespace ClosedLoop.Tests.Core;

public sealed class PoolTests
{
    [Fact]
    public void What_is_not_returned_is_outstanding()
    {
        var pool = new Pool<object>(2, () => new object());
        var (first, second) = (pool.Rent(), pool.Rent());
        pool.Return(first);
        Assert.Equal(1, pool.Outstanding);
        pool.Return(second);
        Assert.Equal(0, pool.Outstanding);
    }

    [Fact]
    public void Returning_twice_is_an_error_at_once()
    {
        var pool = new Pool<object>(2, () => new object());
        var item = pool.Rent();
        pool.Rent();
        pool.Return(item);
        Assert.Throws<InvalidOperationException>(() => pool.Return(item));
    }

    [Fact]
    public void Running_dry_makes_more_and_says_so()
    {
        var pool = new Pool<object>(1, () => new object());
        pool.Rent();
        pool.Rent();
        Assert.Equal(1, pool.Grown);
        Assert.Equal(2, pool.Outstanding);
    }
}
