using LimoCha.Actors.Kernel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace LimoCha.Actors.Unit.Architecture;

/// <summary>The web process put together as in production, never started: for looking at its endpoints.</summary>
internal static class TestApp
{
    public static WebApplication Build()
    {
        var folder = Directory.CreateTempSubdirectory("limocha-app-").FullName;
        return WebProcess.Build(["--Web:DataFolder", folder, $"--Storage:ConnectionString=Data Source={folder}/limocha.db", "--contentRoot", AppContext.BaseDirectory]);
    }

    public static List<Endpoint> Endpoints(WebApplication app) => [.. ((IEndpointRouteBuilder)app).DataSources.SelectMany(source => source.Endpoints)];
}
