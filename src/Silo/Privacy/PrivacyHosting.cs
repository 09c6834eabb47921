using LimoCha.Actors.Audit;
using LimoCha.Actors.BusinessTransfers;
using LimoCha.Actors.Consent;
using LimoCha.Actors.Customers;
using LimoCha.Actors.Incidents;
using LimoCha.Actors.Kernel;
using LimoCha.Actors.Retention;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace LimoCha.Actors.Privacy;

/// <summary>Keys of personal data, for silos and web processes.</summary>
internal static class PrivacyHosting
{
    public static IServiceCollection AddLimoChaKeys(this IServiceCollection services)
    {
        services.AddOptions<PrivacyOptions>().BindConfiguration("Privacy").ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<IValidateOptions<PrivacyOptions>, PrivacyOptionsValidator>();
        services.AddSingleton<KeyTable>();
        services.AddSingleton<SubjectKeys>();
        services.AddSingleton<ISubjectKeys>(provider => provider.GetRequiredService<SubjectKeys>());
        services.AddHostedService(provider => provider.GetRequiredService<SubjectKeys>());
        services.AddSingleton(provider => provider.GetRequiredService<SubjectKeys>().Index);
        services.AddSingleton<SigningKeys>();
        services.AddSingleton<CompanyDays>();
        services.AddSingleton<PrivacyCatalogs>();
        services.AddSingleton<AuditLog>();
        services.AddSingleton<AuditVerifier>();
        return services;
    }

    /// <summary>Consent, erasure and audit, on silos.</summary>
    public static IServiceCollection AddLimoChaPrivacy(this IServiceCollection services)
    {
        services.AddSingleton<ConsentReceipts>();
        services.AddSingleton<CustomerKind>();
        services.AddSingleton<IErasure, Erasure>();
        services.AddSingleton<IIncidentSubjects, IncidentSubjects>();
        services.AddSingleton<ITransferEffects, TransferEffects>();
        services.AddSingleton<IAuditLog>(provider => provider.GetRequiredService<AuditLog>());
        services.AddLimoChaRetention();
        services.AddSingleton<AuditAnchors>();
        services.AddHostedService(provider => provider.GetRequiredService<AuditAnchors>());
        return services;
    }
}
