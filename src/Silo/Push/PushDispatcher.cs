using System.Globalization;
using LimoCha.Actors.Kernel;
using LimoCha.Actors.Privacy;
using LimoCha.Actors.Staff;
using LimoCha.Actors.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Localization;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace LimoCha.Actors.Push;

/// <summary>The texts of pushes (resource files).</summary>
public sealed class PushTexts;

/// <summary>
/// Sends what is due. What a phone would show one above the other goes out as one; a vendor that cannot now is asked again
/// with growing pauses; a token that is gone is forgotten.
/// </summary>
internal sealed partial class PushDispatcher(
    PushQueue queue, IEnumerable<IPushVendorClient> vendors, IGrainFactory grains, IStringLocalizer<PushTexts> texts,
    IOptions<PushOptions> options, TimeProvider clock, ILogger<PushDispatcher> logger) : BackgroundService
{
    private const int AtOnce = 16;
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan PurgePeriod = TimeSpan.FromHours(1);
    private readonly Dictionary<PushVendor, IPushVendorClient> byVendor = vendors.ToDictionary(vendor => vendor.Vendor);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.Period, clock);
        var purged = clock.GetTimestamp();
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                while (await queue.TakeAsync(stoppingToken) is { Count: > 0 } due)
                {
                    await Parallel.ForEachAsync(due.GroupBy(push => (push.SessionId, push.CollapseKey)), new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = stoppingToken }, async (group, token) =>
                        await SendAsync([.. group.OrderBy(push => push.CardId).ThenBy(push => push.CardVersion)], token));
                }

                if (clock.GetElapsedTime(purged) > PurgePeriod)
                {
                    purged = clock.GetTimestamp();
                    await queue.PurgeAsync(stoppingToken);
                }
            }
            catch (Exception error) when (!stoppingToken.IsCancellationRequested)
            {
                LogFailed(logger, error.GetType().Name, StorageErrors.Describe(error));
            }
        }
    }

    private async Task SendAsync(List<QueuedPush> pushes, CancellationToken cancellationToken)
    {
        var (newest, now) = (pushes[^1], clock.GetUtcNow());
        if (!byVendor.TryGetValue(newest.Vendor, out var vendor) || !vendor.Configured)
        {
            await queue.EndAsync(pushes, PushStatus.GivenUp, "vendor-not-configured", cancellationToken);
            return;
        }

        if (newest.ExpiresAt <= now)
        {
            await queue.EndAsync(pushes, PushStatus.GivenUp, "expired", cancellationToken);
            return;
        }

        if (!await grains.Grain<IUserGrain>(newest.UserId).MayPushAsync(newest.SessionId, newest.Token, cancellationToken))
        {
            await queue.EndAsync(pushes, PushStatus.Dropped, "not-allowed-any-more", cancellationToken);
            return;
        }

        var answer = await vendor.SendAsync(Envelope(pushes, newest, now), cancellationToken);
        PushMetrics.Count(newest.Vendor, answer.Outcome);
        switch (answer.Outcome)
        {
            case PushOutcome.Sent:
                await queue.EndAsync(pushes, PushStatus.Sent, null, cancellationToken);
                break;
            case PushOutcome.Later when newest.Attempts < options.Value.MostAttempts:
                await queue.PutOffAsync(pushes, now + (answer.After ?? Pause(newest.Attempts)), answer.Problem, cancellationToken);
                break;
            default:
                LogRefused(logger, newest.Vendor, answer.Outcome, answer.Problem);
                await queue.EndAsync(pushes, PushStatus.GivenUp, answer.Problem, cancellationToken);
                if (answer.Outcome == PushOutcome.TokenGone)
                {
                    await grains.Grain<IUserGrain>(newest.UserId).ForgetPushTokenAsync(newest.SessionId, newest.Token, cancellationToken);
                }

                break;
        }
    }

    private PushEnvelope Envelope(List<QueuedPush> pushes, QueuedPush newest, DateTimeOffset now)
    {
        var cards = pushes.Select(push => push.CardId).Distinct().Count();
        CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo(newest.Language);
        string title = newest.Title ?? texts[cards > 1 ? "Tasks" : "Task", cards];
        return new(
            newest.Id, newest.Token, title, newest.Title is null ? texts["TaskBody"] : texts["NoticeBody"], newest.CollapseKey,
            new Dictionary<string, string> { ["kind"] = newest.Kind, ["id"] = newest.CardId.ToString(), ["version"] = newest.CardVersion.ToString(CultureInfo.InvariantCulture) },
            pushes.Exists(push => push.Urgent), newest.ExpiresAt - now);
    }

    private static TimeSpan Pause(int attempts)
    {
        var pause = FirstPause * Math.Pow(2, Math.Min(attempts - 1, 12));
        return (pause < LongestPause ? pause : LongestPause) * (1 + Random.Shared.NextDouble() / 4);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The push queue failed ({Error}): {Why}; it goes on")]
    private static partial void LogFailed(ILogger logger, [NotPersonal] string error, [NotPersonal] string why);

    [LoggerMessage(Level = LogLevel.Information, Message = "A push through {Vendor} was given up: {Outcome}, {Problem}")]
    private static partial void LogRefused(ILogger logger, PushVendor vendor, PushOutcome outcome, [NotPersonal] string? problem);
}
