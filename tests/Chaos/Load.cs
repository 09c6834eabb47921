using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace LimoCha.Actors.Chaos;

/// <summary>
/// Callers who create tasks and walk them through their life. Every command carries an Idempotency-Key and is repeated
/// under it until it is answered, as a client developer is told to.
/// </summary>
public sealed class Load(string address, IReadOnlyList<Person> people, History history, int seed, TimeProvider clock, long started)
{
    private static readonly string[] Steps = ["accept", "start", "complete", "cancel", "reassign", "comment", "comment"];
    private readonly ConcurrentDictionary<Guid, byte> known = new();
    private readonly HttpClient http = new(new SocketsHttpHandler { PooledConnectionIdleTimeout = TimeSpan.FromSeconds(5) }) { BaseAddress = new(address), Timeout = TimeSpan.FromSeconds(10) };
    private long number;

    /// <summary>Commands answered with their effect.</summary>
    public int Effects => history.Acknowledged.Count;

    /// <summary>The longest that a command took from its first try to its answer, retries included.</summary>
    public TimeSpan Longest { get; private set; }

    /// <summary>Which one that was, when it began, and how its tries ended.</summary>
    public string LongestWas { get; private set; } = "";

    /// <summary>Works until told to stop; a command under way then is still brought to an answer.</summary>
    public async Task RunAsync(int callers, CancellationToken stop, CancellationToken giveUp) =>
        await Task.WhenAll(Enumerable.Range(0, callers).Select(caller => CallAsync(new Random(seed * 1000 + caller), stop, giveUp)));

    /// <summary>The tasks as the server has them.</summary>
    public async Task<IReadOnlyCollection<FinalTask>> FinalAsync(CancellationToken cancellationToken)
    {
        List<FinalTask> tasks = [];
        string? cursor = null;
        do
        {
            using var request = Request(HttpMethod.Get, $"api/v1/tasks?limit=200&sort=createdAt{(cursor is null ? "" : $"&cursor={Uri.EscapeDataString(cursor)}")}", people[0]);
            using var answer = await http.SendAsync(request, cancellationToken);
            answer.EnsureSuccessStatusCode();
            var page = await answer.Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
            tasks.AddRange(page.GetProperty("items").EnumerateArray().Select(item => new FinalTask(
                item.GetProperty("id").GetGuid(), item.GetProperty("version").GetInt32(), item.GetProperty("title").GetString()!, item.GetProperty("stage").GetString()!,
                item.TryGetProperty("assigneeId", out var assignee) ? assignee.GetGuid() : null, item.GetProperty("comments").GetInt32())));
            cursor = page.TryGetProperty("nextCursor", out var next) ? next.GetString() : null;
        }
        while (cursor is not null);
        return tasks;
    }

    private async Task CallAsync(Random random, CancellationToken stop, CancellationToken giveUp)
    {
        while (!stop.IsCancellationRequested)
        {
            var ids = known.Keys.ToArray();
            if (ids.Length < 10 || random.NextDouble() < 0.4)
            {
                await CreateAsync(random, giveUp);
            }
            else
            {
                await StepAsync(ids[random.Next(ids.Length)], Steps[random.Next(Steps.Length)], random, giveUp);
            }

            await Task.Delay(random.Next(5, 40), CancellationToken.None);
        }
    }

    private async Task CreateAsync(Random random, CancellationToken giveUp)
    {
        var title = $"chaos {Interlocked.Increment(ref number)}";
        var answer = await AnswerAsync("api/v1/tasks", new { title, assigneeId = people[random.Next(1, people.Count)].Id }, people[0], giveUp);
        if (answer is { Status: HttpStatusCode.Created } made)
        {
            var id = made.Json.GetProperty("id").GetGuid();
            known[id] = 0;
            history.Add(new(title, id, made.Json.GetProperty("version").GetInt32(), "create", clock.GetElapsedTime(started)));
        }
    }

    private async Task StepAsync(Guid id, string step, Random random, CancellationToken giveUp)
    {
        using var look = Request(HttpMethod.Get, $"api/v1/tasks/{id}", people[0]);
        JsonElement task;
        try
        {
            using var now = await http.SendAsync(look, giveUp);
            if (!now.IsSuccessStatusCode)
            {
                return;
            }

            task = await now.Content.ReadFromJsonAsync<JsonElement>(giveUp);
        }
        catch (Exception error) when (Transient(error))
        {
            return;
        }

        var stage = task.GetProperty("stage").GetString();
        if (stage is "completed" or "cancelled")
        {
            known.TryRemove(id, out _);
            return;
        }

        var assignee = task.GetProperty("assigneeId").GetGuid();
        var by = step is "accept" or "start" or "complete" ? people.First(person => person.Id == assignee) : people[0];
        object body = step == "reassign" ? new { assigneeId = people[random.Next(1, people.Count)].Id } : new { note = step };
        var answer = await AnswerAsync($"api/v1/tasks/{id}/{step}", body, by, giveUp);
        if (answer is { Status: HttpStatusCode.OK } done)
        {
            history.Add(new(task.GetProperty("title").GetString()!, id, done.Json.GetProperty("version").GetInt32(), step, clock.GetElapsedTime(started)));
        }
        else if (answer is null && step == "comment")
        {
            history.UnansweredComments.AddOrUpdate(id, 1, (_, count) => count + 1);
        }
    }

    /// <summary>Repeats until the answer is one: not a broken connection, not a 503 or 401 while the cluster heals. Null when given up.</summary>
    private async Task<(HttpStatusCode Status, JsonElement Json)?> AnswerAsync(string path, object body, Person by, CancellationToken giveUp)
    {
        var key = Guid.NewGuid().ToString();
        var first = clock.GetTimestamp();
        var tries = new Dictionary<string, int>();
        while (!giveUp.IsCancellationRequested)
        {
            try
            {
                using var request = Request(HttpMethod.Post, path, by);
                request.Content = JsonContent.Create(body);
                request.Headers.Add("Idempotency-Key", key);
                using var answer = await http.SendAsync(request, giveUp);
                if (answer.StatusCode is not (>= HttpStatusCode.InternalServerError or HttpStatusCode.Unauthorized or HttpStatusCode.TooManyRequests))
                {
                    var took = clock.GetElapsedTime(first);
                    if (took > Longest)
                    {
                        (Longest, LongestWas) = (took, $"{path} from {clock.GetElapsedTime(started, first).TotalSeconds:F1} s on, tries: {string.Join(", ", tries.Select(pair => $"{pair.Value} x {pair.Key}"))}");
                    }

                    return (answer.StatusCode, await answer.Content.ReadFromJsonAsync<JsonElement>(giveUp));
                }

                Count($"{(int)answer.StatusCode}");
            }
            catch (Exception error) when (Transient(error))
            {
                // The connection broke or nothing came: the same command again.
                Count(error.GetType().Name);
            }

            await Task.Delay(100, giveUp).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return null;

        void Count(string how) => tries[how] = tries.GetValueOrDefault(how) + 1;
    }

    private static bool Transient(Exception error) => error is HttpRequestException or OperationCanceledException or IOException or JsonException;

    private static HttpRequestMessage Request(HttpMethod method, string path, Person by)
    {
        var request = new HttpRequestMessage(method, path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", by.Token);
        return request;
    }
}
