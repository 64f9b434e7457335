// Package otlp sends traces to a collector, by OTLP over HTTP. It is the one place that
// knows OpenTelemetry's SDK.
//
// A collector that is slow or gone holds up nobody: spans wait in a queue of bounded length,
// those that find it full are dropped, and Stop waits for the last ones for a moment only.
package otlp

import (
	"context"
	"log/slog"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/sdk/resource"
	"go.opentelemetry.io/otel/sdk/trace"

	"birthright/identity"
	"birthright/internal/tracing"
)

const (
	// lastWords is for how long a program that ends waits for the collector.
	lastWords = 2 * time.Second
	// sendingTime is how long one delivery may take, with its repetitions.
	sendingTime = 10 * time.Second
)

// Options say what is sent where.
type Options struct {
	// URL is the collector's address for traces.
	URL string
	// Sample is the share of traces that is recorded, 0 to 1.
	Sample float64
	// Version and Instance say which program the spans come from.
	Version, Instance string
	Log               *slog.Logger
}

// Start returns a Tracer whose spans go to a collector, and what sends the last of them.
// Headers, certificates, compression and the name of the service follow the standard
// variables of the environment (OTEL_EXPORTER_OTLP_…, OTEL_SERVICE_NAME,
// OTEL_RESOURCE_ATTRIBUTES, OTEL_BSP_…). The collector is not contacted.
func Start(ctx context.Context, o Options) (*tracing.Tracer, func() error, error) {
	to, err := otlptracehttp.New(ctx, otlptracehttp.WithEndpointURL(o.URL))
	if err != nil {
		return nil, nil, &identity.Error{
			Kind: identity.Invalid, Op: "send traces to " + o.URL, Err: err, Hint: "see telemetry.otlp_endpoint, and the variables OTEL_EXPORTER_OTLP_…",
		}
	}
	over, giveUp := context.WithCancel(context.WithoutCancel(ctx))
	provider := trace.NewTracerProvider(
		trace.WithBatcher(&patient{SpanExporter: to, over: over, log: o.Log}, trace.WithExportTimeout(sendingTime)),
		trace.WithSampler(trace.ParentBased(trace.TraceIDRatioBased(o.Sample))),
		trace.WithResource(o.resource(ctx)),
	)
	stop := func() error {
		defer giveUp()
		limited, cancel := context.WithTimeout(over, lastWords)
		defer cancel()
		if err := provider.Shutdown(limited); err != nil {
			o.Log.Warn("the last spans were not sent", "error", err) // what they tell of is done and on record
		}
		return nil
	}
	return tracing.New(provider), stop, nil
}

// resource says who speaks. What the environment says of it wins.
func (o Options) resource(ctx context.Context) *resource.Resource {
	r, err := resource.New(ctx, resource.WithTelemetrySDK(), resource.WithAttributes(
		attribute.String("service.name", "birthright"), attribute.String("service.version", o.Version), attribute.String("service.instance.id", o.Instance),
	), resource.WithFromEnv())
	if err != nil {
		o.Log.Warn("OTEL_RESOURCE_ATTRIBUTES could not be read whole", "error", err)
	}
	return r
}
