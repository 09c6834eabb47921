using System.Collections.Concurrent;
using System.Diagnostics;
using LimoCha.Actors.Consent;
using LimoCha.Actors.Customers;
using LimoCha.Actors.Kernel;
using LimoCha.Actors.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace LimoCha.Actors.Cluster;

/// <summary>B4: a withdrawal is one instant, true everywhere. Shown by a recorded history and a checker.</summary>
public sealed class WithdrawalTests(Xunit.Abstractions.ITestOutputHelper output)
{
    private const int Customers = 6;
    private const int UsersEach = 6;
    private const int UsesEach = 60;
    private const int UsesBetweenMoves = 12;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    /// <summary>An answer or a use, with when it was asked and when its answer was there.</summary>
    private sealed record Happened(long From, long To, bool Allowed);

    /// <summary>
    /// Uses and answers of the same customers run at the same time from two silos, while the customers' actors are moved. No use is
    /// allowed that began after a withdrawal was acknowledged, none is refused after a grant was.
    /// </summary>
    [Theory]
    [InlineData(DatabaseKind.Sqlite, false)]
    [InlineData(DatabaseKind.PostgreSql, false)]
    [InlineData(DatabaseKind.PostgreSql, true)]
    public async Task B4_no_use_is_allowed_after_an_acknowledged_withdrawal(DatabaseKind kind, bool oneDies)
    {
        await using var host = await TestHost.StartAsync(kind, silos: oneDies ? 3 : 2);
        var silos = host.Cluster.GetActiveSilos().ToList();
        IClusterClient[] doors = [.. silos.Take(2).Select(silo => host.Cluster.GetSiloServiceProvider(silo.SiloAddress).GetRequiredService<IClusterClient>())];
        doors.Should().HaveCount(2);
        var (asked, aThird) = (0, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        var death = oneDies ? DieAsync() : Task.CompletedTask;
        var clock = TimeProvider.System;
        var (uses, allowed) = (0, 0);
        await Task.WhenAll(Enumerable.Range(0, Customers).Select(async number =>
        {
            var (ann, customer) = await PrivacyTests.CustomerAsync(host);
            var id = customer.GetPrimaryKey();
            var (answers, used) = (new List<Happened>(), new ConcurrentBag<Happened>());
            using var done = new CancellationTokenSource();
            using var turns = new SemaphoreSlim(0);
            var many = 0;
            var answering = AnswerAsync();
            var moving = MoveAsync();
            try
            {
                await Task.WhenAll(Enumerable.Range(0, UsersEach).Select(async user =>
                {
                    for (var i = 0; i < UsesEach; i++)
                    {
                        // A try that came to nothing is not a use; the next one is its own.
                        await UntilAnsweredAsync(async () =>
                        {
                            var from = clock.GetTimestamp();
                            var use = await Door(user + i).GetGrain<ICustomerGrain>(id).UseAsync(new() { Kind = UseKind.Call, Purpose = Purposes.CustomerContact }, host.As(ann));
                            used.Add(new(from, clock.GetTimestamp(), use.Value!.Decision.Allowed));
                            if (Interlocked.Increment(ref many) % UsesBetweenMoves == 0)
                            {
                                turns.Release();
                            }

                            if (Interlocked.Increment(ref asked) == Customers * UsersEach * UsesEach / 3)
                            {
                                aThird.SetResult();
                            }
                        });
                    }
                }));
            }
            finally
            {
                await done.CancelAsync();
                turns.Release();
            }

            await Task.WhenAll(answering, moving);

            var wrong = used.Where(use => !MayBe(use, answers)).ToList();
            wrong.Should().BeEmpty("customer {0}: {1} uses, {2} answers", number, used.Count, answers.Count);
            answers.Should().HaveCountGreaterThan(10);
            Interlocked.Add(ref uses, used.Count);
            Interlocked.Add(ref allowed, used.Count(use => use.Allowed));

            async Task AnswerAsync()
            {
                for (var i = 0; !done.IsCancellationRequested; i++)
                {
                    var grants = i % 2 == 0;
                    // A try that came to nothing may have had its effect: the answer began with the first.
                    var (from, context) = (clock.GetTimestamp(), host.As(ann));
                    await UntilAnsweredAsync(async () =>
                    {
                        var answer = await Door(i / 2).GetGrain<ICustomerGrain>(id).SetConsentAsync(Purposes.CustomerContact, new() { State = grants ? ConsentState.Granted : ConsentState.Withdrawn }, context);
                        answer.Refusal.Should().BeNull();
                    });
                    answers.Add(new(from, clock.GetTimestamp(), grants));
                }
            }

            async Task MoveAsync()
            {
                while (true)
                {
                    await turns.WaitAsync();
                    if (done.IsCancellationRequested)
                    {
                        return;
                    }

                    await host.Cluster.DeactivateAsync(customer);
                }
            }
        }));
        await death;
        output.WriteLine($"{uses} uses, {allowed} of them allowed");
        allowed.Should().BeInRange(uses / 10, uses * 9 / 10, "both happened");

        IClusterClient Door(int i) => doors[i % doors.Length];

        // A third of the way, with actors on it that answer and are asked.
        async Task DieAsync()
        {
            await aThird.Task;
            await host.Cluster.KillSiloAsync(silos[2]);
        }
    }

    private static async Task UntilAnsweredAsync(Func<Task> call)
    {
        var trying = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                await call();
                return;
            }
            catch (Exception error) when (trying.Elapsed < Patience && error is OrleansException or StorageUnavailableException or TimeoutException)
            {
                // The actor was just moving, or its silo died.
            }
        }
    }

    [Fact]
    public void The_checker_finds_a_use_after_a_withdrawal()
    {
        List<Happened> answers = [new(0, 10, true), new(20, 30, false), new(50, 60, true)];
        MayBe(new(11, 12, true), answers).Should().BeTrue();
        MayBe(new(11, 12, false), answers).Should().BeFalse("it was granted");
        MayBe(new(25, 40, true), answers).Should().BeTrue("the withdrawal was not acknowledged when it began");
        MayBe(new(31, 45, true), answers).Should().BeFalse("it was withdrawn");
        MayBe(new(31, 55, true), answers).Should().BeTrue("a grant was under way");
        MayBe(new(31, 45, false), answers).Should().BeTrue();
    }

    /// <summary>Answers of one customer follow one another. A use may have seen the last one acknowledged before it began, or any that was under way while it was.</summary>
    private static bool MayBe(Happened use, List<Happened> answers) =>
        (answers.LastOrDefault(answer => answer.To <= use.From)?.Allowed ?? false) == use.Allowed
        || answers.Exists(answer => answer.From < use.To && answer.To > use.From && answer.Allowed == use.Allowed);
}
