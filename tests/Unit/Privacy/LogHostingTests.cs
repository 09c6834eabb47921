using LimoCha.Actors.Hosting;
using LimoCha.Actors.Privacy;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;

namespace LimoCha.Actors.Unit.Privacy;

/// <summary>E3: what reaches a log.</summary>
public sealed partial class LogHostingTests
{
    [Fact]
    public void E3_a_personal_value_is_erased_before_any_provider_sees_it()
    {
        using var host = Start();
        LogCalled(host.Services.GetRequiredService<ILogger<LogHostingTests>>(), "+8613612348765", "crm");
        var record = host.Services.GetFakeLogCollector().GetSnapshot().Should().ContainSingle().Subject;
        record.Message.Should().Be("Called  for crm");
        record.StructuredState.Should().NotContain(pair => pair.Value != null && pair.Value.Contains("136", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Microsoft.AspNetCore.SignalR.Internal.DefaultHubDispatcher", LogLevel.Debug, false)]
    [InlineData("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.Information, false)]
    [InlineData("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.Warning, true)]
    [InlineData("Orleans.Messaging", LogLevel.Trace, false)]
    [InlineData("Orleans.Messaging", LogLevel.Information, true)]
    [InlineData("LimoCha.Actors.Kernel", LogLevel.Trace, true)]
    public void E3_no_setting_lowers_a_category_that_prints_what_passes_through_it(string category, LogLevel level, bool enabled)
    {
        using var host = Start();
        host.Services.GetRequiredService<ILoggerFactory>().CreateLogger(category).IsEnabled(level).Should().Be(enabled);
    }

    private static IHost Start()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new());
        builder.Logging.AddFakeLogging().SetMinimumLevel(LogLevel.Trace);
        foreach (var category in new[] { "Orleans", "Microsoft.AspNetCore", "Microsoft.AspNetCore.SignalR" })
        {
            builder.Logging.AddFilter(category, LogLevel.Trace);
        }

        builder.AddLimoChaLogging();
        return builder.Build();
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Called {Phone} for {System}")]
    private static partial void LogCalled(ILogger logger, [PersonalValue] string phone, [NotPersonal] string system);
}
