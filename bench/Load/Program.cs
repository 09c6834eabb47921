using System.Globalization;
using LimoCha.Bench;

// The load generator. Connects devices over SignalR, posts tasks to them, and measures from the moment a request was
// due to the moment the device has the card, so that a server that stalls is charged for what waited meanwhile.
//   dispatch|work closed|open|overload <contender> <base> <users.json> <devices> <callers|rate> <seconds> [<server pid> <database pid>]
//       closed: as fast as the answers come; open, overload: at a fixed rate, whatever the answers do. Prints one JSON line.
//   turns closed|open <devices> <callers|rate> <seconds> <rounds> <contender> <base> <users.json> <server pid> <database pid> <traced> …
//       the same for contenders that take turns, all connected the whole time: rounds can be many and short, and what the machine
//       gives at the moment is the same for all of a round. The part <traced> of the requests, 0 to 1, say that they are. Prints a JSON line for each turn.
//   dispatch beside <base:rate> <contender> <base> …       the same as closed, while that rate is posted to another server
//   prepare <base> <set-up token> <count> <users.json>     makes staff through the product's API
//   place   <base> <users.json>                            makes a check-in place; everybody consents; prints its id
//   checkins <base> <users.json> <place> <callers> <seconds> [<server pid> <database pid>]
//   customers <base> <users.json> <for each>               makes customers of 64 people who consent to be called; prints their ids
//   uses    <base> <users.json> <customers file> <seconds> [<server pid> <database pid>]
//   hub     <contender> <base> <users.json> <connections> <server pid>
//   storm   <contender> <base> <users.json> <connections> <cards on each>   all of them come to a server that was just started
//   lists   <base> <users.json> <seconds> <size> <path>…   time of list pages
//   fill    <base> <users.json> <count>                    makes so many tasks and customers
//   cpu     <results.jsonl> <measure> <contender> <contender[=ratio]>…   lines of the CPU that each of these took in the first measure, server and database
//   simulate <results.jsonl>                               the group commit's queue, fitted to the lines and compared with them
//   sink    <port> <status>                                an HTTP server that takes whatever is posted and answers with that status
//   line    <measure> <contender> <unit> more|less <value> [floor]   a measurement made elsewhere, as a JSON line
//   report  <results.jsonl>                                medians, ratios and goals as tables
//   plot    <results.jsonl> <out.svg>                      the same as bars
//   median  <results.jsonl> <contender>                    the first measure's median, whole
switch (args)
{
    case ["prepare", var address, var token, var count, var file]:
        await Prepare.RunAsync(new(address), token, Number(count), file);
        return 0;
    case ["report", var results]:
        Report.Print(await File.ReadAllLinesAsync(results));
        return 0;
    case ["plot", var results, var svg]:
        await File.WriteAllTextAsync(svg, Report.Plot(await File.ReadAllLinesAsync(results)));
        return 0;
    case ["median", var results, var contender]:
        Console.WriteLine(Report.Middle(First(await File.ReadAllLinesAsync(results), contender).Where(line => line.Contender == contender).Select(line => line.Value)).ToString("F0", CultureInfo.InvariantCulture));
        return 0;
    case ["dispatch" or "work", "closed" or "open" or "overload", var contender, var address, var users, var devices, var load, var seconds, .. var pids]:
        await using (var run = await Dispatch.ConnectAsync(new(address), users, Number(devices), works: args[0] == "work"))
        {
            Console.WriteLine(await run.MeasureAsync(args[1], contender, Number(load), Number(seconds), new(pids)));
        }

        return 0;
    case ["turns", "closed" or "open", var devices, var load, var seconds, var rounds, .. var contenders] when contenders.Length > 0 && contenders.Length % Turns.Fields == 0:
        await Turns.RunAsync(args[1], Number(devices), Number(load), Number(seconds), Number(rounds), contenders);
        return 0;
    case ["dispatch", "beside", var other, var contender, var address, var users, var devices, var load, var seconds, .. var pids]:
        await using (var run = await Dispatch.ConnectAsync(new(address), users, Number(devices), works: false))
        {
            var at = other.LastIndexOf(':');
            run.Beside(new(other[..at]), Number(other[(at + 1)..]));
            Console.WriteLine(await run.MeasureAsync("closed", contender, Number(load), Number(seconds), new(pids)));
        }

        return 0;
    case ["place", var address, var users]:
        Console.WriteLine(await CheckIns.PrepareAsync(new(address), users));
        return 0;
    case ["checkins", var address, var users, var place, var callers, var seconds, .. var pids]:
        Console.WriteLine(await CheckIns.MeasureAsync(new(address), users, place, Number(callers), Number(seconds), new(pids)));
        return 0;
    case ["customers", var address, var users, var forEach]:
        Console.WriteLine(string.Join('\n', await Uses.PrepareAsync(new(address), users, Number(forEach))));
        return 0;
    case ["uses", var address, var users, var customers, var seconds, .. var pids]:
        Console.WriteLine(await Uses.MeasureAsync(new(address), users, await File.ReadAllLinesAsync(customers), Number(seconds), new(pids)));
        return 0;
    case ["hub", var contender, var address, var users, var connections, var pid]:
        await HubStorm.RunAsync(contender, new(address), users, Number(connections), pid);
        return 0;
    case ["storm", var contender, var address, var users, var connections, var cards]:
        await HubStorm.AfterRestartAsync(contender, new(address), users, Number(connections), Number(cards));
        return 0;
    case ["lists", var address, var users, var seconds, var size, .. var paths]:
        await Lists.RunAsync(new(address), users, Number(seconds), size, paths);
        return 0;
    case ["fill", var address, var users, var count]:
        await Fill.RunAsync(new(address), users, Number(count));
        return 0;
    case ["cpu", var results, var measure, var baseline, .. var others]:
        foreach (var line in First(await File.ReadAllLinesAsync(results), baseline))
        {
            var goal = others.Select(other => other.Split('=')).FirstOrDefault(other => other[0] == line.Contender);
            if (goal is null && line.Contender != baseline)
            {
                continue;
            }

            Console.WriteLine(line with
            {
                Measure = measure, Unit = "µs", Better = "less", Value = line.Extras!["server CPU µs each"] + line.Extras["database CPU µs each"], Extras = null,
                Goals = goal is [_, var most] ? new() { [baseline] = double.Parse(most, CultureInfo.InvariantCulture) } : null,
            });
        }

        return 0;
    case ["simulate", var results]:
        foreach (var line in GroupCommitQueue.Compare([.. (await File.ReadAllLinesAsync(results)).Where(line => line.StartsWith('{')).Select(Line.Of)]))
        {
            Console.WriteLine(line);
        }

        return 0;
    case ["sink", var port, var status]:
        await Sink.RunAsync(Number(port), Number(status));
        return 0;
    case ["line", var measure, var contender, var unit, var better, var value, .. var floor]:
        Console.WriteLine(new Line(measure, contender, unit, better, double.Parse(value, CultureInfo.InvariantCulture), Floor: floor.Length > 0 ? double.Parse(floor[0], CultureInfo.InvariantCulture) : null));
        return 0;
    default:
        await Console.Error.WriteLineAsync("usage: see the first lines of bench/Load/Program.cs");
        return 2;
}

// The lines of the first measure in which the contender took part.
static List<Line> First(IEnumerable<string> results, string contender)
{
    var lines = results.Where(line => line.StartsWith('{')).Select(Line.Of).ToList();
    var first = lines.First(line => line.Contender == contender).Measure;
    return [.. lines.Where(line => line.Measure == first)];
}

static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
