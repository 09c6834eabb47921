using System.Diagnostics;

namespace LimoCha.Actors;

/// <summary>Waits for a condition that has no event of its own. A service that is not reached yet does not fulfil it.</summary>
public static class Eventually
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(25);

    public static Task TrueAsync(Func<Task<bool>> condition, string because, int seconds = 20) =>
        TrueAsync(condition, () => because, TimeSpan.FromSeconds(seconds));

    public static async Task TrueAsync(Func<Task<bool>> condition, Func<string> because, TimeSpan patience)
    {
        using var look = new PeriodicTimer(Look);
        var started = Stopwatch.StartNew();
        while (!await HoldsAsync(condition))
        {
            if (started.Elapsed > patience)
            {
                throw new TimeoutException($"Within {patience.TotalSeconds:F0} s: {because()}");
            }

            await look.WaitForNextTickAsync();
        }
    }

    private static async Task<bool> HoldsAsync(Func<Task<bool>> condition)
    {
        try
        {
            return await condition();
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
