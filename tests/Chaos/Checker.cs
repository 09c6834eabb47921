namespace LimoCha.Actors.Chaos;

/// <summary>What is wrong with a history.</summary>
public enum Fault
{
    /// <summary>An acknowledged command's effect is not there.</summary>
    Lost,
    /// <summary>A command had its effect more than once.</summary>
    Doubled,
    /// <summary>A device showed a version it had shown before.</summary>
    ShownTwice,
    /// <summary>A device showed an older version after a newer one.</summary>
    OutOfOrder,
    /// <summary>A device showed a card again, in a version not newer than what it was told to remove.</summary>
    Resurrected,
    /// <summary>At the end a device shows something else than what its user has open.</summary>
    Diverged,
}

/// <summary>One finding.</summary>
public sealed record Finding(Fault Fault, string Where, string What);

/// <summary>Finds lost, doubled, twice shown, out-of-order, resurrected and diverged cards in a history.</summary>
public static class Checker
{
    /// <summary>Everything that is wrong; empty when nothing is.</summary>
    public static IReadOnlyList<Finding> Check(History history, IReadOnlyCollection<FinalTask> final) =>
        [.. Commands(history, final), .. Order(history), .. Divergence(history, final)];

    /// <summary>The devices whose cards are not their user's open ones; used to wait for convergence too.</summary>
    public static IEnumerable<Finding> Divergence(History history, IReadOnlyCollection<FinalTask> final)
    {
        var open = final.Where(task => task.Open).ToLookup(task => task.Assignee);
        foreach (var (name, device) in history.Devices)
        {
            var should = open[device.User].ToDictionary(task => task.Id, task => task.Version);
            var shows = device.Shows;
            foreach (var (id, version) in should.Where(pair => shows.GetValueOrDefault(pair.Key) != pair.Value))
            {
                yield return new(Fault.Diverged, name, $"card {id} is open at version {version}, and it shows {(shows.TryGetValue(id, out var has) ? $"version {has}" : "none")}");
            }

            foreach (var (id, version) in shows.Where(pair => !should.ContainsKey(pair.Key)))
            {
                yield return new(Fault.Diverged, name, $"it shows card {id} at version {version}, which is not open for its user");
            }
        }
    }

    private static IEnumerable<Finding> Commands(History history, IReadOnlyCollection<FinalTask> final)
    {
        var byId = final.ToDictionary(task => task.Id);
        foreach (var answer in history.Acknowledged)
        {
            if (!byId.TryGetValue(answer.Task, out var task))
            {
                yield return new(Fault.Lost, answer.Title, $"{answer.What} of task {answer.Task} was acknowledged at version {answer.Version}, and there is no such task");
            }
            else if (task.Version < answer.Version)
            {
                yield return new(Fault.Lost, answer.Title, $"{answer.What} of task {answer.Task} was acknowledged at version {answer.Version}, and it is at {task.Version}");
            }
        }

        foreach (var twins in final.GroupBy(task => task.Title).Where(group => group.Count() > 1))
        {
            yield return new(Fault.Doubled, twins.Key, $"one creation made {twins.Count()} tasks");
        }

        foreach (var comments in history.Acknowledged.Where(answer => answer.What == "comment").GroupBy(answer => answer.Task))
        {
            if (byId.TryGetValue(comments.Key, out var task))
            {
                var (least, most) = (comments.Count(), comments.Count() + history.UnansweredComments.GetValueOrDefault(comments.Key));
                if (task.Comments < least || task.Comments > most)
                {
                    yield return new(task.Comments < least ? Fault.Lost : Fault.Doubled, task.Title, $"{least} comments were acknowledged and {most - least} not answered, and it has {task.Comments}");
                }
            }
        }
    }

    private static IEnumerable<Finding> Order(History history)
    {
        foreach (var (name, device) in history.Devices)
        {
            var shown = new HashSet<(Guid, int)>();
            var newest = new Dictionary<Guid, int>();
            var gone = new Dictionary<Guid, int>();
            foreach (var happened in device.Events)
            {
                var (card, version) = (happened.Card, happened.Version);
                if (happened.Seen == Seen.Removed)
                {
                    gone[card] = Math.Max(gone.GetValueOrDefault(card), version);
                }
                else if (happened.Seen == Seen.Shown)
                {
                    if (gone.TryGetValue(card, out var removed) && version <= removed)
                    {
                        yield return new(Fault.Resurrected, name, $"card {card} came back at version {version} after it was removed at {removed} ({happened.At.TotalSeconds:F1} s)");
                    }
                    else if (!shown.Add((card, version)))
                    {
                        yield return new(Fault.ShownTwice, name, $"card {card} version {version} ({happened.At.TotalSeconds:F1} s)");
                    }
                    else if (newest.GetValueOrDefault(card) > version)
                    {
                        yield return new(Fault.OutOfOrder, name, $"card {card} version {version} after {newest[card]} ({happened.At.TotalSeconds:F1} s)");
                    }

                    shown.Add((card, version));
                    newest[card] = Math.Max(newest.GetValueOrDefault(card), version);
                }
            }
        }
    }
}
