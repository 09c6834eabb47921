using LimoCha.Actors.Privacy;
using Microsoft.Extensions.Logging;

namespace LimoCha.Actors.Hosting;

/// <summary>A process without a silo of its own waits for one as long as it takes, and says so.</summary>
internal sealed partial class WaitForSilo(TimeProvider clock, ILogger<WaitForSilo> logger) : IClientConnectionRetryFilter
{
    /// <summary>From one attempt to the next. Without it a refused connection is tried again at once, for ever.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    private string? told;

    /// <inheritdoc />
    public async Task<bool> ShouldRetryConnectionAttempt(Exception exception, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(exception);
        if (told != exception.GetType().Name)
        {
            told = exception.GetType().Name;
            LogWaiting(logger, told);
        }

        await Task.Delay(Pause, clock, cancellationToken);
        return true;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Waiting for a silo of the cluster ({Error})")]
    private static partial void LogWaiting(ILogger logger, [NotPersonal] string error);
}
