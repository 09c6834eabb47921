using System.Globalization;
using LimoCha.Bench;

// The load generator. Connects devices over SignalR, posts tasks to them, and measures from the moment a request was
// due to the moment the device has the card, so that a server that stalls is charged for what waited meanwhile.
//   dispatch closed|open <base> <users.json> <devices> <callers|rate> <seconds> [<server pid> <database pid>]
//       closed: as fast as the answers come; open: at a fixed rate, whatever the answers do. Prints one JSON line.
//   prepare <base> <set-up token> <count> <users.json>     makes staff through the product's API
//   report  <results.jsonl>                                medians and ratios as a table
switch (args)
{
    case ["prepare", var address, var token, var count, var file]:
        await Prepare.RunAsync(new(address), token, Number(count), file);
        return 0;
    case ["report", var results]:
        Report.Print(await File.ReadAllLinesAsync(results));
        return 0;
    case ["dispatch", "closed" or "open", var address, var users, var devices, var load, var seconds, .. var pids]:
        await using (var run = await Dispatch.ConnectAsync(new(address), users, Number(devices)))
        {
            Console.WriteLine(await run.MeasureAsync(args[1], Number(load), Number(seconds), new(pids)));
        }

        return 0;
    default:
        await Console.Error.WriteLineAsync("usage: see the first lines of bench/Load/Program.cs");
        return 2;
}

static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
