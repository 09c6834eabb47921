using System.Globalization;
using System.Net;

namespace LimoCha.Bench;

/// <summary>Takes whatever is posted, keeps nothing, answers 200.</summary>
internal static class Sink
{
    public static async Task RunAsync(int port)
    {
        using var listener = new HttpListener();
        listener.Prefixes.Add(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}/"));
        listener.Start();
        while (true)
        {
            var context = await listener.GetContextAsync();
            await context.Request.InputStream.CopyToAsync(Stream.Null);
            context.Response.ContentType = "application/x-protobuf";
            context.Response.Close();
        }
    }
}
