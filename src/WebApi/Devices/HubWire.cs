using System.Globalization;
using System.Text.Json.Serialization;
using MessagePack;
using MessagePack.Formatters;
using MessagePack.Resolvers;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace LimoCha.Actors.Devices;

/// <summary>The hub's two encodings, with the same names and the same texts for instants in both.</summary>
internal static class HubWire
{
    private const int MaxMessageBytes = 128 * 1024;

    public static IServiceCollection AddDeviceHub(this IServiceCollection services)
    {
        services.TryAddSingleton<Gateways>();
        services.AddSingleton<HubLimits>();
        services.AddSingleton<DeviceGateway>();
        services.AddHostedService(provider => provider.GetRequiredService<DeviceGateway>());
        services.AddSignalR(options =>
            {
                options.MaximumReceiveMessageSize = MaxMessageBytes;
                options.EnableDetailedErrors = false;
                options.AddFilter<HubLimits>();
            })
            .AddJsonProtocol(options => options.PayloadSerializerOptions.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)
            .AddMessagePackProtocol(options => options.SerializerOptions = MessagePackSerializerOptions.Standard
                .WithSecurity(MessagePackSecurity.UntrustedData)
                .WithResolver(CompositeResolver.Create([new InstantFormatter(), new IdFormatter()], [ContractlessStandardResolver.Instance])));
        return services;
    }

    private sealed class InstantFormatter : IMessagePackFormatter<DateTimeOffset>
    {
        public void Serialize(ref MessagePackWriter writer, DateTimeOffset value, MessagePackSerializerOptions options) =>
            writer.Write(value.ToUniversalTime().ToString("O", CultureInfo.InvariantCulture));

        public DateTimeOffset Deserialize(ref MessagePackReader reader, MessagePackSerializerOptions options) =>
            DateTimeOffset.Parse(reader.ReadString()!, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
    }

    private sealed class IdFormatter : IMessagePackFormatter<Guid>
    {
        public void Serialize(ref MessagePackWriter writer, Guid value, MessagePackSerializerOptions options) => writer.Write(value.ToString());

        public Guid Deserialize(ref MessagePackReader reader, MessagePackSerializerOptions options) => Guid.Parse(reader.ReadString()!);
    }
}
