using System.ComponentModel.DataAnnotations;

namespace LimoCha.Actors.Hosting;

/// <summary>How silos and clients find each other.</summary>
public enum ClusterMode
{
    /// <summary>One silo on this machine; the embedded default.</summary>
    Localhost = 0,
    /// <summary>Through the membership table in PostgreSQL.</summary>
    AdoNet = 1,
}

/// <summary>The cluster; section <c>Cluster</c>.</summary>
public sealed class ClusterSettings
{
    /// <summary>Localhost (default) or AdoNet.</summary>
    [EnumDataType(typeof(ClusterMode))] public ClusterMode Mode { get; set; } = ClusterMode.Localhost;

    /// <summary>The deployment; states are kept under it. Default limocha.</summary>
    [Required, StringLength(150, MinimumLength = 1)] public string ServiceId { get; set; } = "limocha";

    /// <summary>Silos and clients with the same id form a cluster. Default limocha.</summary>
    [Required, StringLength(150, MinimumLength = 1)] public string ClusterId { get; set; } = "limocha";

    /// <summary>Silo to silo. Default 11111.</summary>
    [Range(1, 65535)] public int SiloPort { get; set; } = 11111;

    /// <summary>Client to silo. Default 30000; 0 takes no clients.</summary>
    [Range(0, 65535)] public int GatewayPort { get; set; } = 30000;

    /// <summary>The address other processes reach this one by; found by itself when left out.</summary>
    public string? AdvertisedAddress { get; set; }

    /// <summary>
    /// True in Kubernetes: the address and the ids come from the pod (see <c>deploy/kubernetes</c>), and a pod that is gone is
    /// declared dead at once. Default false.
    /// </summary>
    public bool Kubernetes { get; set; }
}
