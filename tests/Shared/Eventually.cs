namespace LimoCha.Actors;

/// <summary>Waits for a condition that has no event of its own.</summary>
public static class Eventually
{
    public static async Task TrueAsync(Func<Task<bool>> condition, string because, int seconds = 20)
    {
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(25));
        var deadline = System.Diagnostics.Stopwatch.StartNew();
        while (!await condition())
        {
            deadline.Elapsed.TotalSeconds.Should().BeLessThan(seconds, because);
            await look.WaitForNextTickAsync();
        }
    }
}
