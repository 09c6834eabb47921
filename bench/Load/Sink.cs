using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace LimoCha.Bench;

/// <summary>The least that a server can do: takes whatever is posted, keeps nothing, and answers all with one status.</summary>
internal static class Sink
{
    public static async Task RunAsync(int port, int status)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore();
        builder.WebHost.UseUrls(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}"));
        await using var app = builder.Build();
        var answer = new byte[200];
        answer.AsSpan().Fill((byte)' ');
        app.Run(context =>
        {
            context.Response.StatusCode = status;
            context.Response.ContentType = "application/problem+json";
            context.Response.ContentLength = answer.Length;
            context.Response.Headers.RetryAfter = "1";
            return context.Response.Body.WriteAsync(answer).AsTask();
        });
        await app.RunAsync();
    }
}
