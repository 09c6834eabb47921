using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using LimoCha.Actors.Privacy;

namespace LimoCha.Bench;

/// <summary>AES-256-GCM under a subject's key, as a state and a row are sealed.</summary>
internal static class SealingCost
{
    private const int Pairs = 200_000;

    public static void Measure(int rounds)
    {
        var key = new SubjectKey(Guid.CreateVersion7(), RandomNumberGenerator.GetBytes(SubjectKey.Length));
        var plain = Encoding.UTF8.GetBytes("""{"name":"客户一二三","phone":"+8613600000000","email":"customer@example.com","address":"某市某区某路 1 号某大厦 2 层 3 室","birthDate":"1980-01-01"}""");
        for (var round = 0; round <= rounds; round++)
        {
            var before = Process.GetCurrentProcess().TotalProcessorTime;
            for (var i = 0; i < Pairs; i++)
            {
                Sealing.Open(key, "state/customer/x", Sealing.Seal(key, "state/customer/x", plain));
            }

            if (round > 0)
            {
                var micros = (Process.GetCurrentProcess().TotalProcessorTime - before).TotalMicroseconds / Pairs;
                Console.WriteLine(new Line("CPU", "sealing and opening a customer's contact data", "µs", "less", Math.Round(micros, 2), null, new() { ["a dispatch, server and database"] = 0.15 }));
            }
        }
    }
}
