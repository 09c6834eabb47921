using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Xunit.Abstractions;

namespace LimoCha.Actors.Chaos;

/// <summary>How long the actors of a silo that dies are away.</summary>
public sealed class FailoverTests(ITestOutputHelper output)
{
    private const int Tasks = 80;

    /// <summary>Ten seconds are wanted and seen on a machine with nothing else to do (the test prints them); Orleans' defaults would take a minute.</summary>
    private static readonly TimeSpan Wanted = TimeSpan.FromSeconds(25);

    /// <summary>
    /// Half the actors live on each silo. One is killed without a word; everybody who asks for one of its actors, again and
    /// again as clients do, soon has an answer.
    /// </summary>
    [Fact]
    public async Task The_actors_of_a_silo_that_is_killed_soon_answer_again()
    {
        await using var deployment = await Deployment.StartAsync();
        var people = await deployment.PeopleAsync(20);
        using var http = new HttpClient { BaseAddress = new(deployment.Relay.Address) };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", people[0].Token);
        var tasks = new ConcurrentBag<Guid>();
        await Parallel.ForAsync(0, Tasks, async (i, token) =>
        {
            var made = await http.PostAsJsonAsync("api/v1/tasks", new { title = $"t{i}", assigneeId = people[1 + i % 20].Id }, token);
            tasks.Add((await made.Content.ReadFromJsonAsync<JsonElement>(token)).GetProperty("id").GetGuid());
        });
        var paths = people.Skip(1).Select(person => $"api/v1/users/{person.Id}").Concat(tasks.Select(id => $"api/v1/tasks/{id}")).ToArray();
        await Task.WhenAll(paths.Select(path => AnswersAsync(http, path)));

        var clock = TimeProvider.System;
        deployment.Silos[0].Kill();
        var killed = clock.GetTimestamp();
        var away = await Task.WhenAll(paths.Select(async path =>
        {
            await Eventually.TrueAsync(() => AnswersAsync(http, path), () => $"{path} answers", Wanted * 2);
            return clock.GetElapsedTime(killed);
        }));

        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{paths.Length} actors; all answered again after {away.Max().TotalSeconds:F1} s, half of them after {away.Order().ElementAt(away.Length / 2).TotalSeconds:F1} s"));
        away.Max().Should().BeLessThan(Wanted);
    }

    /// <summary>One try, as a client with a patience of three seconds makes it.</summary>
    private static async Task<bool> AnswersAsync(HttpClient http, string path)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(3));
        try
        {
            using var answer = await http.GetAsync(path, patience.Token);
            return answer.IsSuccessStatusCode;
        }
        catch (Exception error) when (error is HttpRequestException or OperationCanceledException)
        {
            return false;
        }
    }
}
