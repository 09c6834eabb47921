using LimoCha.Actors.Consent;
using LimoCha.Actors.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace LimoCha.Actors.Retention;

/// <summary>Everything that has a clock, on silos.</summary>
internal static class RetentionHosting
{
    public static IServiceCollection AddLimoChaRetention(this IServiceCollection services)
    {
        services.AddRows(Purposes.ShareVisits, "DELETE FROM share_visit WHERE at < @before");
        services.AddRows(Purposes.AttendanceLocation, "DELETE FROM event_log WHERE kind = 'location' AND at < @before");
        services.AddRows(Purposes.AccountSecurity, "DELETE FROM risk_signal WHERE at < @before");
        services.AddSingleton<OldRows>();
        services.AddFields(Purposes.CustomerCare, "care_since");
        services.AddFields(Purposes.CustomerIdentity, "identity_since");
        services.AddSingleton<IRetained, RetainedPlaces>();
        services.AddSingleton<IRetained, RetainedTasks>();
        services.AddSingleton<RetentionClock>();
        services.AddHostedService(provider => provider.GetRequiredService<RetentionClock>());
        return services;
    }

    private static void AddFields(this IServiceCollection services, string purpose, string column) =>
        services.AddSingleton<IRetained>(provider => new RetainedFields(provider.GetRequiredService<OldRows>(), purpose, column));

    private static void AddRows(this IServiceCollection services, string purpose, string purge) =>
        services.AddSingleton<IRetained>(provider => new RetainedRows(provider.GetRequiredService<Database>(), purpose, purge));
}
