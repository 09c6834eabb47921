using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using Dapper;
using LimoCha.Actors.Kernel;
using LimoCha.Actors.ReadModel;
using LimoCha.Actors.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace LimoCha.Actors.Sharing;

/// <summary>Shared content: /contents, its links, and the public page /s/{code} (A5, F1).</summary>
public static class SharingApi
{
    private const int MostVisits = 1_000;
    private static readonly Dictionary<string, SortKey<ContentRow>> Sorts = new() { ["createdAt"] = new("id", row => row.Id) };
    private static readonly Dictionary<string, SortKey<ShareRow>> ShareSorts = new() { ["createdAt"] = new("id", row => row.Id), ["visits"] = new("visits", row => row.Visits) };

    /// <summary>Maps the paths of the API.</summary>
    public static RouteGroupBuilder MapSharingApi(this RouteGroupBuilder api)
    {
        var contents = api.MapGroup("/contents").WithTags("Sharing").RequireAuthorization(Policies.Staff);
        contents.MapPost("", CreateAsync).WithSummary("Makes content to be shared: an article, a picture, a video.");
        contents.MapGet("", ListAsync).WithName("listContents").WithSummary("Content, newest first.");
        contents.MapGet("/{id:guid}", GetAsync).WithSummary("Content with its text.");
        contents.MapPut("/{id:guid}", ChangeAsync).WithSummary("Changes content, or takes it back.");
        contents.MapPost("/{id:guid}/shares", ShareAsync).WithSummary("A link to it for one channel; each visit through it is recorded.");
        contents.MapGet("/{id:guid}/shares", SharesAsync).WithName("listShares").WithSummary("Its links with their visits.");
        contents.MapGet("/{id:guid}/visits", VisitsAsync).WithSummary("Visits through its links, newest first: channel, which visit, browser, system; never who.");
        return api;
    }

    /// <summary>Maps the public page.</summary>
    public static void MapSharedPages(this WebApplication app) =>
        app.MapGet("/s/{code}", VisitAsync).AllowAnonymous().RequireRateLimiting(Limits.Public).ExcludeFromDescription();

    private static async Task<Results<Created<ContentView>, ProblemHttpResult>> CreateAsync(SaveContent command, Call call, HttpContext context, IGrainFactory grains, CancellationToken cancellationToken) =>
        (await grains.Grain<IContentGrain>(call.NewId()).CreateAsync(command, call.Context, cancellationToken)).Created(context, content => $"/api/v1/contents/{content.Id}");

    private static async Task<Results<Ok<Page<ContentView>>, ProblemHttpResult>> ListAsync([AsParameters] ListRequest request, HttpContext context, Database database, TimeProvider clock, CancellationToken cancellationToken) =>
        (await new ListQuery<ContentRow>(database, "content", ReadTables.Content.Columns, Sorts).Search(request.Q, "title").ReadAsync(request, "-createdAt", ContentEntityKind.View, clock, cancellationToken)).Ok(context);

    private static async Task<Results<Ok<ContentView>, ProblemHttpResult>> GetAsync(Guid id, HttpContext context, IGrainFactory grains, CancellationToken cancellationToken) =>
        (await grains.Grain<IContentGrain>(id).GetAsync(cancellationToken)).Ok(context);

    private static async Task<Results<Ok<ContentView>, ProblemHttpResult>> ChangeAsync(Guid id, SaveContent command, Call call, HttpContext context, IGrainFactory grains, CancellationToken cancellationToken) =>
        (await grains.Grain<IContentGrain>(id).ChangeAsync(command, call.Context, cancellationToken)).Ok(context);

    private static async Task<Results<Created<ShareView>, ProblemHttpResult>> ShareAsync(Guid id, ShareContent command, Call call, HttpContext context, IGrainFactory grains, CancellationToken cancellationToken) =>
        (await grains.Grain<IShareGrain>(call.NewId()).CreateAsync(id, command, call.Context, cancellationToken)).Created(context, share => share.Path);

    private static async Task<Results<Ok<Page<ShareView>>, ProblemHttpResult>> SharesAsync(Guid id, [AsParameters] ListRequest request, HttpContext context, Database database, TimeProvider clock, CancellationToken cancellationToken) =>
        (await new ListQuery<ShareRow>(database, "share", ReadTables.Share.Columns, ShareSorts).Where("content_id = @id", "id", id).ReadAsync(request, "-createdAt", ShareEntityKind.View, clock, cancellationToken)).Ok(context);

    private static async Task<Ok<IReadOnlyList<ShareVisit>>> VisitsAsync(Guid id, Database database, CancellationToken cancellationToken, [FromQuery] int? limit = null)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        var rows = await connection.QueryAsync<ShareVisitRow>(new CommandDefinition(
            string.Create(CultureInfo.InvariantCulture, $"SELECT {ReadTables.ShareVisit.Columns} FROM share_visit WHERE share_id IN (SELECT id FROM share WHERE content_id = @id) ORDER BY id DESC LIMIT {Math.Clamp(limit ?? 200, 1, MostVisits)}"),
            new { id }, cancellationToken: cancellationToken));
        return TypedResults.Ok<IReadOnlyList<ShareVisit>>([.. rows.Select(row => new ShareVisit { Order = row.VisitOrder, At = row.At, Channel = row.Channel, Browser = row.Browser, System = row.System })]);
    }

    private static async Task<IResult> VisitAsync(string code, HttpContext context, IGrainFactory grains, CancellationToken cancellationToken)
    {
        var (browser, system) = UserAgents.Families(context.Request.Headers.UserAgent.ToString());
        var content = ShareCodes.Read(code) is { } id ? (await grains.Grain<IShareGrain>(id).VisitAsync(browser, system, cancellationToken)).Value : null;
        context.Response.Headers.ContentSecurityPolicy = "default-src 'none'; style-src 'unsafe-inline'; img-src https:; media-src https:";
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers["Referrer-Policy"] = "no-referrer";
        return content is null
            ? Results.Content(Page("链接已失效 / This link is gone", "<p>这个链接已失效，或内容已被撤回。<br>This link is gone, or its content was taken back.</p>"), "text/html; charset=utf-8", statusCode: StatusCodes.Status404NotFound)
            : Results.Content(Page(content.Title, Body(content)), "text/html; charset=utf-8");
    }

    private static string Body(ContentView content) => content.Kind switch
    {
        ContentKind.Picture => $"""<img src="{E(content.Address)}" alt="{E(content.Title)}">""",
        ContentKind.Video => $"""<video src="{E(content.Address)}" controls></video>""",
        _ => string.Concat((content.Text ?? "").Split("\n\n", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(paragraph => $"<p>{E(paragraph)}</p>")),
    };

    private static string Page(string title, string body) => new StringBuilder($$"""
        <!DOCTYPE html><html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>{{E(title)}}</title>
        <style>body{font-family:system-ui,sans-serif;max-width:40rem;margin:0 auto;padding:1.5rem 1.2rem 4rem;line-height:1.75;color:#1d2733}h1{font-size:1.6rem;line-height:1.3}
        p{white-space:pre-line;overflow-wrap:anywhere}img,video{max-width:100%;border-radius:.5rem}footer{margin-top:3rem;color:#6b7785;font-size:.85rem}</style></head><body><h1>{{E(title)}}</h1>
        """).Append(body).Append("<footer>访问只计来源渠道、次序与浏览器种类，不识别您是谁。<br>Visits are counted by channel, order and kind of browser; nobody is identified.</footer></body></html>").ToString();

    private static string E(string? text) => HtmlEncoder.Default.Encode(text ?? "");
}

/// <summary>Families of browsers and systems from a User-Agent: coarse on purpose, so that they tell nobody apart.</summary>
internal static class UserAgents
{
    // The first that fits: many name the others too.
    private static readonly (string Mark, string Family)[] Browsers =
    [
        ("MicroMessenger", "WeChat"), ("DingTalk", "DingTalk"), ("QQ/", "QQ"), ("UCBrowser", "UC"), ("MQQBrowser", "QQ"), ("HuaweiBrowser", "Huawei"), ("MiuiBrowser", "Miui"),
        ("Edg", "Edge"), ("OPR/", "Opera"), ("Firefox", "Firefox"), ("FxiOS", "Firefox"), ("CriOS", "Chrome"), ("Chrome", "Chrome"), ("Safari", "Safari"),
    ];

    private static readonly (string Mark, string Family)[] Systems =
    [
        ("HarmonyOS", "HarmonyOS"), ("OpenHarmony", "HarmonyOS"), ("Android", "Android"), ("iPhone", "iOS"), ("iPad", "iOS"), ("Windows", "Windows"), ("Mac OS X", "macOS"), ("Linux", "Linux"),
    ];

    public static (string Browser, string System) Families(string agent) => (Find(Browsers, agent), Find(Systems, agent));

    private static string Find((string Mark, string Family)[] marks, string agent) =>
        Array.Find(marks, mark => agent.Contains(mark.Mark, StringComparison.OrdinalIgnoreCase)).Family ?? "other";
}
