using LimoCha.Actors.Identity;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace LimoCha.Actors.Unit.Architecture;

/// <summary>What a request's awaits carry is made, saved and restored at each of them (decision 32).</summary>
public sealed class RequestContextTests
{
    [Fact]
    public async Task Requests_carry_no_scope_of_a_logger()
    {
        await using var app = TestApp.Build();
        var logger = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Microsoft.AspNetCore.Server.Kestrel");
        var before = ExecutionContext.Capture();

        using var scope = logger.BeginScope("a request");

        ExecutionContext.Capture().Should().BeSameAs(before);
    }

    [Fact]
    public async Task Requests_carry_no_context_for_who_may_want_it()
    {
        await using var app = TestApp.Build();
        app.Services.GetService<IHttpContextAccessor>().Should().BeNull();
    }

    [Fact]
    public async Task No_request_is_looked_up_as_a_file_that_may_have_changed()
    {
        await using var app = TestApp.Build();
        TestApp.Endpoints(app).OfType<RouteEndpoint>().Select(endpoint => endpoint.RoutePattern.RawText).Should().NotContain(route => route!.StartsWith("{**", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_token_is_looked_up_before_handlers_are_made()
    {
        await using var app = TestApp.Build();
        app.Services.GetRequiredService<IAuthenticationService>().Should().BeOfType<DirectAuthentication>();
    }
}
