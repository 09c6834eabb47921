using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace LimoCha.Actors.Audit;

/// <summary>The verifier as a command: <c>LimoCha.Actors.Silo verify-audit</c>. Exit code 0 when the trail is whole, 1 when it is not.</summary>
internal static class AuditCommand
{
    public const string Name = "verify-audit";

    public static async Task<int> RunAsync(IHost host)
    {
        await host.StartAsync();
        var result = await host.Services.GetRequiredService<AuditVerifier>().VerifyAsync(CancellationToken.None);
        Console.WriteLine($"{result.Entries} entries, {result.Anchors} anchors, {result.Findings.Count} findings");
        foreach (var finding in result.Findings)
        {
            Console.WriteLine(finding);
        }

        await host.StopAsync();
        return result.Findings.Count == 0 ? 0 : 1;
    }
}
